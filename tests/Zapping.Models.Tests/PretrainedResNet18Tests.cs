using System.Text.Json;
using FluentAssertions;
using TorchSharp;
using Xunit;
using Zapping.Models.Pretrained;
using static TorchSharp.torch;

namespace Zapping.Models.Tests;

public sealed class PretrainedResNet18Tests
{
    private const string Variable = "ZAPPING_RESNET18_ONNX";

    private static readonly string Weights = Environment.GetEnvironmentVariable(Variable) ?? Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages", "microsoft.ml.dnnimagefeaturizer.resnet18", "0.23.1", "tools", "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");

    [Fact]
    public void Features_are_those_of_ONNX_Runtime()
    {
        SkipWithoutWeights();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = PretrainedResNet18.Load(Weights, units: 10);
        model.eval();
        model.Child("encoder").named_parameters().Where(p => p.parameter.Dimensions == 4).Should().HaveCount(22);
        var values = new float[3 * 224 * 224];
        for (var place = 0; place < values.Length; place++)
        {
            var (channel, row, column) = (place / (224 * 224), place / 224 % 224, place % 224);
            values[place] = (float)(60 * Math.Sin((0.05 * row * (channel + 1)) + (0.03 * column)));
        }

        var prepared = tensor(values, [1, 3, 224, 224]);
        var expected = JsonSerializer.Deserialize<float[]>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "resnet18-features.json")))!;
        var features = model.EncodePrepared(prepared).data<float>().ToArray();
        features.Zip(expected).Max(pair => Math.Abs(pair.First - pair.Second)).Should().BeLessThan(1e-4f);

        // The same picture as people have it: red first, from 0 to 1.
        var mean = tensor(new[] { 103.0626f, 115.9029f, 123.1516f }).reshape(1, 3, 1, 1);
        using Scalar bright = 255;
        var picture = prepared.add(mean).div(bright).flip(1);
        model.Encode(picture).data<float>().Zip(expected).Max(pair => Math.Abs(pair.First - pair.Second)).Should().BeLessThan(2e-3f);
    }

    [Fact]
    public void Smaller_images_go_through_and_the_classifier_is_the_seed_s()
    {
        SkipWithoutWeights();
        using var scope = NewDisposeScope();
        using var model = PretrainedResNet18.Load(Weights, units: 10, imageSize: 64, seed: 1);
        using var same = PretrainedResNet18.Load(Weights, units: 10, imageSize: 64, seed: 1);
        using var other = PretrainedResNet18.Load(Weights, units: 10, imageSize: 64, seed: 2);
        model.call(ModelInspection.Images(model, 2)).shape.Should().Equal(2, 10);
        ModelInspection.SameBits(model.Classifier.weight, same.Classifier.weight).Should().BeTrue();
        ModelInspection.SameBits(model.Classifier.weight, other.Classifier.weight).Should().BeFalse();
        using var copy = model.Copy();
        ModelInspection.SameBits(copy.parameters().First(), model.parameters().First()).Should().BeTrue();
    }

    [Theory]
    [InlineData(new byte[] { }, "has no network in it")]
    [InlineData(new byte[] { 0x3A, 0xFF, 0x01, 0x02 }, "is no ONNX file, or it is damaged")]
    [InlineData(new byte[] { 0x3A, 0x08, 0x0A, 0x06, 0x22, 0x04, (byte)'R', (byte)'e', (byte)'l', (byte)'u' }, "has 0 convolutions and 0 normalizations")]
    public void What_is_no_such_network_is_refused_by_its_file(byte[] bytes, string words)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, bytes);
            FluentActions.Invoking(() => PretrainedResNet18.Load(path, 10)).Should().Throw<InvalidDataException>().WithMessage($"{path} *{words}*");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Bytes_that_are_cut_or_changed_are_refused_and_nothing_else_happens()
    {
        SkipWithoutWeights();
        var whole = File.ReadAllBytes(Weights);
        var path = Path.GetTempFileName();
        try
        {
            foreach (var length in new[] { 100, 5_000, 1_000_000, whole.Length - 10 })
            {
                File.WriteAllBytes(path, whole.AsSpan(0, length));
                FluentActions.Invoking(() => PretrainedResNet18.Load(path, 10)).Should().Throw<InvalidDataException>("of {0} bytes", length);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void SkipWithoutWeights() => Assert.SkipUnless(File.Exists(Weights),
        $"{Weights} is not there: it is in the package Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1, and {Variable} may say where.");
}
