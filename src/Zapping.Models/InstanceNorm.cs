using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Models;

/// <summary>
/// Instance normalisation with learned scale and shift, statistics always from the image at hand. It is computed as
/// group normalisation with one channel to a group, which is the same formula through a kernel of libtorch that
/// makes a training step about a tenth faster.
/// </summary>
public sealed class InstanceNorm : Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly long _channels;

    /// <summary>Scales of 1 and shifts of 0.</summary>
    /// <param name="channels">Channels of what it is given, at least 1.</param>
    public InstanceNorm(long channels)
        : base(nameof(InstanceNorm))
    {
        _channels = channels;
        weight = Parameter(ones(channels));
        bias = Parameter(zeros(channels));
        RegisterComponents();
    }

    /// <summary>Maps [n, channels, height, width] to the same shape.</summary>
    public override Tensor forward(Tensor input) => functional.group_norm(input, _channels, weight, bias);
}
