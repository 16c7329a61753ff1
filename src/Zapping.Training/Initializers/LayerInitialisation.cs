using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>What the parameters and buffers of a layer have when it is built: of linear layers, convolutions and normalizations.</summary>
public static class LayerInitialisation
{
    /// <summary>How a parameter begins; null if that is not known of such a layer.</summary>
    /// <param name="module">The layer.</param>
    /// <param name="member">The parameter's name in it.</param>
    public static Rewriter? Of(nn.Module module, string member) => module switch
    {
        null => throw new ArgumentNullException(nameof(module)),
        Linear linear => Rewriter.LayerDefault(linear.weight.shape[1]),
        Convolution { weight: { } weight } => Rewriter.LayerDefault(weight.shape.Skip(1).Aggregate((a, b) => a * b)),
        _ when IsNormalisation(module) => member == "bias" ? Rewriter.Zeros() : Rewriter.Constant(1),
        _ => null,
    };

    /// <summary>How a buffer begins; null if that is not known of such a layer.</summary>
    /// <param name="module">The layer.</param>
    /// <param name="member">The buffer's name in it.</param>
    public static double? OfBuffer(nn.Module module, string member) => module is NormBase
        ? member switch
        {
            "running_mean" or "num_batches_tracked" => 0,
            "running_var" => 1,
            _ => null,
        }
        : null;

    private static bool IsNormalisation(nn.Module module) => module is NormBase or LayerNorm or GroupNorm;
}
