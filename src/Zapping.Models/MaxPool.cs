using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Models;

/// <summary>
/// 2x2 max-pooling of stride 2 that leaves an odd last row and column out. libtorch's own looks at one number at a time,
/// and notes where each maximum came from. Where no gradient will ask for that, the maximum of the four corners is the
/// same and five times as fast: nearly half of a forward pass.
/// </summary>
internal sealed class MaxPool() : Module<Tensor, Tensor>(nameof(MaxPool))
{
    public override Tensor forward(Tensor input)
    {
        if (is_grad_enabled() && input.requires_grad)
        {
            return functional.max_pool2d(input, 2);
        }

        using var rows = MaximumOfPairs(input, 2);
        return MaximumOfPairs(rows, 3);
    }

    private static Tensor MaximumOfPairs(Tensor input, int dimension)
    {
        var end = input.size(dimension) / 2 * 2;
        using var even = input.slice(dimension, 0, end, 2);
        using var odd = input.slice(dimension, 1, end, 2);
        return maximum(even, odd);
    }
}
