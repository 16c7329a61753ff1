using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Models;

/// <summary>
/// ResNet-18 in its ImageNet form: a 7x7 convolution of stride 2 with batch normalization, ReLU and 3x3 max-pooling
/// of stride 2; four stages of two basic blocks; the mean over positions; a linear classifier. [n, 3, size, size] to
/// logits [n, units]. Batch normalization uses the batch in train mode and running statistics in eval mode.
/// </summary>
public sealed class ResNet18 : ImageClassifier
{
    /// <summary>The smallest image it takes: its last maps are 2x2, so that even one image has a variance.</summary>
    public const int MinImageSize = 33;

    private readonly Sequential encoder;
    private readonly Linear classifier;

    /// <summary>Builds the network with the published initialization, drawn from its own generator.</summary>
    /// <param name="units">Output units.</param>
    /// <param name="width">Filters of the stem and of the first stage, doubled from stage to stage; 64 in the paper.</param>
    /// <param name="imageSize">Height and width of the images, at least 33; 84 in the paper.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    public ResNet18(int units, int width = 64, int imageSize = 84, ulong seed = 0)
        : base(nameof(ResNet18), units, channels: 3, imageSize, featureCount: 8 * width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, MinImageSize);
        Width = width;
        encoder = ImageNetEncoder.Create(Channels, width);
        classifier = Linear(FeatureCount, units);
        RegisterComponents();
        Initialization.Apply(this, seed, Initialization.Fan.Out);
    }

    /// <summary>Filters of the stem and of the first stage.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public override bool MixesImages => true;

    /// <inheritdoc/>
    public override Linear Classifier => classifier;

    /// <inheritdoc/>
    public override Tensor Encode(Tensor images) => encoder.call(images);

    private protected override ImageClassifier CreateAlike() => new ResNet18(Units, Width, ImageSize);
}
