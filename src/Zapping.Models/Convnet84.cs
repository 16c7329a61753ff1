using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Models;

/// <summary>
/// The paper's convnet for 84x84 color images: four blocks of 3x3 convolution with a padding of 1, instance
/// normalization with learned scale and shift, ReLU and 2x2 max-pooling; then one linear classifier on the flattened
/// 5x5 maps. [n, 3, 84, 84] to logits [n, units].
/// </summary>
public sealed class Convnet84 : ImageClassifier
{
    private readonly Sequential encoder;
    private readonly Linear classifier;

    /// <summary>Builds the network with the published initialization, drawn from its own generator.</summary>
    /// <param name="units">Output units.</param>
    /// <param name="width">Filters per convolution; 256 in the paper. The classifier has 25 inputs for each.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    public Convnet84(int units, int width = 256, ulong seed = 0)
        : base(nameof(Convnet84), units, channels: 3, imageSize: 84, Blocks(width).FeatureCount(84))
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

    private protected override ImageClassifier CreateAlike() => new Convnet84(Units, Width);

    private static ConvBlocks Blocks(int width) => new(Count: 4, Channels: 3, width, Padding: 1, PoolLast: true);
}
