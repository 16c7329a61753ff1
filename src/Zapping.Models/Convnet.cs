using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Models;

/// <summary>
/// The paper's convnet for 28x28 gray images: three blocks of 3x3 convolution without padding, instance
/// normalization with learned scale and shift, and ReLU, the first two followed by 2x2 max-pooling; then one linear
/// classifier on the flattened 3x3 maps. [n, 1, 28, 28] to logits [n, units].
/// </summary>
public sealed class Convnet : ImageClassifier
{
    private readonly Sequential encoder;
    private readonly Linear classifier;

    /// <summary>Builds the network with the published initialization, drawn from its own generator.</summary>
    /// <param name="units">Output units.</param>
    /// <param name="width">Filters per convolution; 256 in the paper. The classifier has 9 inputs for each.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    public Convnet(int units, int width = 256, ulong seed = 0)
        : base(nameof(Convnet), units, channels: 1, imageSize: 28, Blocks(width).FeatureCount(28))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        Width = width;
        encoder = Sequential(Blocks(width).Layers());
        classifier = Linear(FeatureCount, units);
        RegisterComponents();
        Initialization.Apply(this, seed);
    }

    /// <summary>Filters per convolution.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public override Linear Classifier => classifier;

    /// <inheritdoc/>
    public override Tensor Encode(Tensor images) => encoder.call(images);

    private protected override ImageClassifier CreateAlike() => new Convnet(Units, Width);

    private static ConvBlocks Blocks(int width) => new(Count: 3, Channels: 1, width, Padding: 0, PoolLast: false);
}
