using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Initializers;

/// <summary>What the parameters and buffers of a layer have when it is built: of linear layers, convolutions, normalizations and embeddings.</summary>
public static class LayerDefaults
{
    /// <summary>How a parameter begins; null if that is not known of such a layer.</summary>
    /// <remarks>Embeddings draw normal values with mean 0 and standard deviation 1, as PyTorch's. Their rows that are 0 throughout stay 0, for so a row of padding is known.</remarks>
    /// <param name="module">The layer.</param>
    /// <param name="member">The parameter's name in it.</param>
    public static Initializer? InitializerOf(nn.Module module, string member) => module switch
    {
        null => throw new ArgumentNullException(nameof(module)),
        _ when FanInOf(module) is { } fanIn => Initializer.LayerDefault(fanIn),
        _ when IsNormalization(module) => member == "bias" ? Initializer.Zeros() : Initializer.Constant(1),
        Embedding or EmbeddingBag => new EmbeddingDefaultInitializer(),
        _ => null,
    };

    /// <summary>The inputs per output unit of a linear layer or a convolution; null of other layers.</summary>
    /// <param name="module">The layer.</param>
    public static long? FanInOf(nn.Module module) => module switch
    {
        Linear linear => linear.weight.shape[1],
        Convolution { weight: { } weight } => weight.shape.Skip(1).Aggregate((a, b) => a * b),
        _ => null,
    };

    /// <summary>Whether a layer is a normalization of TorchSharp's.</summary>
    /// <param name="module">The layer.</param>
    public static bool IsNormalization(nn.Module module) => module is NormBase or LayerNorm or GroupNorm;

    /// <summary>How a buffer begins; null if that is not known of such a layer.</summary>
    /// <param name="module">The layer.</param>
    /// <param name="member">The buffer's name in it.</param>
    public static double? BufferValueOf(nn.Module module, string member) => module is NormBase
        ? member switch
        {
            "running_mean" or "num_batches_tracked" => 0,
            "running_var" => 1,
            _ => null,
        }
        : null;
}
