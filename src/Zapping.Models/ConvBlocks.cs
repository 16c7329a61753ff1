using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Models;

/// <summary>
/// The stack of blocks that the convnets and ANML share: 3x3 convolution with bias, instance normalisation with
/// learned scale and shift, ReLU, and 2x2 max-pooling that leaves an odd last row and column out.
/// </summary>
/// <param name="Count">Blocks.</param>
/// <param name="Channels">Channels of the images.</param>
/// <param name="Width">Filters of every convolution.</param>
/// <param name="Padding">Zeros around the input of each convolution; with 0 it takes two rows and columns away.</param>
/// <param name="PoolLast">Whether the last block pools too.</param>
internal sealed record ConvBlocks(int Count, int Channels, int Width, int Padding, bool PoolLast)
{
    /// <summary>Maps images [n, channels, size, size] to [n, <see cref="FeatureCount"/>]: conv1, norm1, … flatten.</summary>
    public IEnumerable<(string Name, Module<Tensor, Tensor> Layer)> Layers()
    {
        for (var block = 1; block <= Count; block++)
        {
            yield return ($"conv{block}", Conv2d(block == 1 ? Channels : Width, Width, 3, padding: Padding));
            yield return ($"norm{block}", new InstanceNorm(Width));
            if (Pools(block))
            {
                // Before ReLU, which is then on a quarter of the maps: the maximum of ReLUs is the ReLU of the maximum,
                // bit by bit and in all derivatives.
                yield return ($"pool{block}", new MaxPool());
            }

            yield return ($"relu{block}", ReLU(inplace: true)); // nobody needs what was there
        }

        yield return ("flatten", Flatten());
    }

    /// <summary>Features of an image, in the order channel, row, column.</summary>
    public int FeatureCount(int imageSize)
    {
        var size = imageSize;
        for (var block = 1; block <= Count; block++)
        {
            size += (2 * Padding) - 2;
            size /= Pools(block) ? 2 : 1;
        }

        return Width * size * size;
    }

    private bool Pools(int block) => PoolLast || block < Count;
}
