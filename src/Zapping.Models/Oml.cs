using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Models;

/// <summary>
/// OML (Javed and White, 2019) for 84x84 gray images: six 3x3 convolutions without padding or normalization, of
/// strides 2, 1, 2, 1, 2 and 2 and each with ReLU, then a hidden linear layer with ReLU on the flattened 3x3 maps, and
/// the linear classifier. [n, 1, 84, 84] to logits [n, units].
/// </summary>
public sealed class Oml : ImageClassifier
{
    private static readonly int[] Strides = [2, 1, 2, 1, 2, 2];

    private readonly Sequential encoder;
    private readonly Linear hidden;
    private readonly Linear classifier;

    /// <summary>Builds the network with the published initialization, drawn from its own generator.</summary>
    /// <param name="units">Output units.</param>
    /// <param name="width">Filters per convolution; 256 in the paper.</param>
    /// <param name="hiddenUnits">Outputs of the hidden layer, the classifier's features; 1024 in the paper.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    public Oml(int units, int width = 256, int hiddenUnits = 1024, ulong seed = 0)
        : base(nameof(Oml), units, channels: 1, imageSize: 84, featureCount: hiddenUnits)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hiddenUnits);
        Width = width;
        encoder = Sequential([
            .. Strides.SelectMany((stride, i) => Block(i + 1, i == 0 ? Channels : width, width, stride)),
            ("flatten", Flatten())]);
        hidden = Linear(9 * width, hiddenUnits);
        classifier = Linear(hiddenUnits, units);
        RegisterComponents();
        Initialization.Apply(this, seed);
    }

    /// <summary>Filters per convolution.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public override Linear Classifier => classifier;

    /// <inheritdoc/>
    public override Tensor Encode(Tensor images)
    {
        using var maps = encoder.call(images);
        using var sums = hidden.call(maps);
        return functional.relu(sums);
    }

    /// <summary>Both linear layers, not the convolutions.</summary>
    /// <inheritdoc/>
    public override bool MovesInside(string parameterName) =>
        !parameterName.StartsWith(nameof(encoder) + ".", StringComparison.Ordinal);

    private protected override ImageClassifier CreateAlike() => new Oml(Units, Width, FeatureCount);

    private static (string, Module<Tensor, Tensor>)[] Block(int number, int inputs, int width, int stride) =>
        [($"conv{number}", Conv2d(inputs, width, 3, stride: stride)), ($"relu{number}", ReLU())];
}
