using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Models;

/// <summary>
/// The residual network for 32x32 images of He et al. 2016, on which class-incremental methods are compared: a 3x3 convolution with batch normalization and ReLU, three stages of basic blocks with 16, 32 and 64
/// filters, the mean over positions, and a linear classifier. [n, channels, size, size] to logits [n, units]. Where a stage halves the maps, the shortcut takes every second position and pads channels with
/// zeros, so that shortcuts have no weights.
/// </summary>
public sealed class CifarResNet : ImageClassifier
{
    /// <summary>The smallest image it takes: its last maps are 2x2, so that even one image has a variance.</summary>
    public const int MinImageSize = 5;

    private const int Stages = 3;
    private const int LayersPerBlock = 2;

    private readonly Sequential encoder;
    private readonly Linear classifier;

    /// <summary>Builds the network, its convolutions drawn as published: normal with std sqrt(2 / (filters · 9)).</summary>
    /// <param name="units">Output units.</param>
    /// <param name="depth">Layers with weights, 6 n + 2: 20 and 32 in the field. Default: 32.</param>
    /// <param name="width">Filters of the first stage, doubled from stage to stage. Default: 16.</param>
    /// <param name="imageSize">Height and width of the images, at least 5. Default: 32.</param>
    /// <param name="channels">Channels of the images. Default: 3.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <exception cref="ArgumentException">There is no such depth.</exception>
    public CifarResNet(int units, int depth = 32, int width = 16, int imageSize = 32, int channels = 3, ulong seed = 0)
        : base(nameof(CifarResNet), units, channels, imageSize, featureCount: 4 * width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, MinImageSize);
        var (blocks, rest) = Math.DivRem(depth - 2, Stages * LayersPerBlock);
        if (blocks < 1 || rest != 0)
        {
            throw new ArgumentException($"A depth is 6 n + 2, such as 8, 20 and 32, not {depth}.", nameof(depth));
        }

        (Depth, Width) = (depth, width);
        encoder = Sequential(
            ("conv1", Conv2d(channels, width, 3, padding: 1, bias: false)),
            ("norm1", BatchNorm2d(width)),
            ("relu1", ReLU()),
            ("stage1", ResidualBlock.Stage(width, width, stride: 1, blocks, padsShortcut: true)),
            ("stage2", ResidualBlock.Stage(width, 2 * width, stride: 2, blocks, padsShortcut: true)),
            ("stage3", ResidualBlock.Stage(2 * width, 4 * width, stride: 2, blocks, padsShortcut: true)),
            ("mean", AdaptiveAvgPool2d(1)),
            ("flatten", Flatten()));
        classifier = Linear(FeatureCount, units);
        RegisterComponents();
        Initialization.Apply(this, seed, Initialization.Fan.Out);
    }

    /// <summary>Layers with weights.</summary>
    public int Depth { get; }

    /// <summary>Filters of the first stage.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public override bool MixesImages => true;

    /// <inheritdoc/>
    public override Linear Classifier => classifier;

    /// <inheritdoc/>
    public override Tensor Encode(Tensor images) => encoder.call(images);

    private protected override ImageClassifier CreateAlike() => new CifarResNet(Units, Depth, Width, ImageSize, Channels);
}
