using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Models;

/// <summary>A shortcut without weights: every <c>stride</c>th position, and zeros for the channels that are more.</summary>
/// <param name="stride">At least 1.</param>
/// <param name="more">How many channels are added behind, at least 0.</param>
internal sealed class PaddedShortcut(int stride, int more) : Module<Tensor, Tensor>(nameof(PaddedShortcut))
{
    public override Tensor forward(Tensor input)
    {
        using var positions = functional.avg_pool2d(input, 1, stride);
        return functional.pad(positions, [0, 0, 0, 0, 0, more]);
    }
}
