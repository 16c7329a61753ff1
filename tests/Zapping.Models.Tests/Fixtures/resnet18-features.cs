#:package Microsoft.ML.OnnxRuntime@1.30.0
// Makes resnet18-features.json: what ONNX Runtime says of one made-up image.
//   dotnet run tests/Zapping.Models.Tests/Fixtures/resnet18-features.cs path/to/ResNet18.onnx > tests/Zapping.Models.Tests/Fixtures/resnet18-features.json
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

var image = new DenseTensor<float>([1, 3, 224, 224]);
for (var channel = 0; channel < 3; channel++)
{
    for (var row = 0; row < 224; row++)
    {
        for (var column = 0; column < 224; column++)
        {
            image[0, channel, row, column] = (float)(60 * Math.Sin((0.05 * row * (channel + 1)) + (0.03 * column)));
        }
    }
}

using var session = new InferenceSession(args[0]);
using var results = session.Run([NamedOnnxValue.CreateFromTensor("Input247", image)]);
Console.WriteLine($"[{string.Join(", ", results[0].AsEnumerable<float>().Select(feature => feature.ToString("r", CultureInfo.InvariantCulture)))}]");
