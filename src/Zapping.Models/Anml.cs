using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Models;

/// <summary>
/// ANML (Beaulieu et al., 2020): two stacks of the convnet's blocks see the same image. The prediction branch gives
/// features; the smaller modulation branch gives one gate in 0 to 1 for each of them, by which it is multiplied
/// before the linear classifier. Images of 28 pixels or more; [n, channels, size, size] to logits [n, units].
/// </summary>
public sealed class Anml : ImageClassifier
{
    /// <summary>The smallest image it takes.</summary>
    public const int MinImageSize = 28;

    private readonly Sequential prediction;
    private readonly Sequential modulation;
    private readonly Linear classifier;

    /// <summary>Builds the network with the published initialization, drawn from its own generator.</summary>
    /// <param name="units">Output units.</param>
    /// <param name="width">Filters per convolution of the prediction branch; 256 in the paper.</param>
    /// <param name="modulationWidth">Filters per convolution of the modulation branch; 112 in the paper.</param>
    /// <param name="imageSize">Height and width of the images, at least 28.</param>
    /// <param name="channels">Channels of the images.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    public Anml(
        int units, int width = 256, int modulationWidth = 112, int imageSize = 28, int channels = 1, ulong seed = 0)
        : base(nameof(Anml), units, channels, imageSize, Prediction(width, imageSize, channels).FeatureCount(imageSize))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(modulationWidth);
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, MinImageSize);
        Width = width;
        ModulationWidth = modulationWidth;
        var modulator = new ConvBlocks(BlockCount(imageSize), channels, modulationWidth, Padding: 0, PoolLast: true);
        prediction = Sequential(Prediction(width, imageSize, channels).Layers());
        modulation = Sequential([
            .. modulator.Layers(),
            ("linear", Linear(modulator.FeatureCount(imageSize), FeatureCount)),
            ("sigmoid", Sigmoid())]);
        classifier = Linear(FeatureCount, units);
        RegisterComponents();
        Initialization.Apply(this, seed);
    }

    /// <summary>Filters per convolution of the prediction branch.</summary>
    public int Width { get; }

    /// <summary>Filters per convolution of the modulation branch.</summary>
    public int ModulationWidth { get; }

    /// <inheritdoc/>
    public override Linear Classifier => classifier;

    /// <inheritdoc/>
    public override Tensor Encode(Tensor images)
    {
        using var features = prediction.call(images);
        using var gates = modulation.call(images);
        return features * gates;
    }

    /// <summary>All but the modulation branch: within an episode the gates depend on the image alone.</summary>
    /// <inheritdoc/>
    public override bool MovesInside(string parameterName) =>
        !parameterName.StartsWith(nameof(modulation) + ".", StringComparison.Ordinal);

    private protected override ImageClassifier CreateAlike() => new Anml(Units, Width, ModulationWidth, ImageSize, Channels);

    // The published networks pool after the prediction's last block for 84 pixels but not for 28.
    private static ConvBlocks Prediction(int width, int imageSize, int channels) =>
        new(BlockCount(imageSize), channels, width, Padding: 0, PoolLast: imageSize > 30);

    private static int BlockCount(int imageSize)
    {
        var count = 0;
        for (var size = imageSize; size > 4; size = (size - 2) / 2)
        {
            count++;
        }

        return count;
    }
}
