using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Models.Tests;

/// <summary>What tests look at in a model.</summary>
internal static class ModelInspection
{
    /// <summary>All published networks at full size, by name of the catalog and images.</summary>
    public static readonly (string Name, int ImageSize, int Channels)[] All =
        [("convnet", 28, 1), ("convnet", 84, 3), ("anml", 28, 1), ("anml", 84, 3), ("oml", 84, 1), ("resnet18", 84, 3)];

    public static ImageClassifier Create(string name, int imageSize, int channels, int width = 256, int units = 1000, ulong seed = 1) =>
        ModelCatalog.Create(name, units, width, imageSize, channels, seed);

    public static Tensor Images(ImageClassifier model, int count)
    {
        using var generator = new Generator(11);
        return rand([count, model.Channels, model.ImageSize, model.ImageSize], generator: generator);
    }

    public static Dictionary<string, Parameter> Named(this nn.Module model) =>
        model.named_parameters().ToDictionary(p => p.name, p => p.parameter, StringComparer.Ordinal);

    public static long Count(this nn.Module model) => model.parameters().Sum(p => p.numel());

    public static nn.Module<Tensor, Tensor> Child(this nn.Module model, string name) =>
        (nn.Module<Tensor, Tensor>)model.named_children().Single(child => child.name == name).module;

    /// <summary>The shape, without the batch, after each layer of a sequence whose name starts so.</summary>
    public static IEnumerable<string> ShapesAfter(this nn.Module sequence, string layers, Tensor images)
    {
        var value = images;
        foreach (var (name, layer) in sequence.named_children())
        {
            value = ((nn.Module<Tensor, Tensor>)layer).call(value);
            if (name.StartsWith(layers, StringComparison.Ordinal))
            {
                yield return string.Join('x', value.shape.Skip(1));
            }
        }
    }

    public static bool SameBits(Tensor one, Tensor other) => one.eq(other).all().item<bool>();

    public static bool SameWeights(nn.Module one, nn.Module other) =>
        one.parameters().Zip(other.parameters()).All(pair => SameBits(pair.First, pair.Second));
}
