using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace PaperCurves.Models;

/// <summary>
/// The paper's convnet for 28x28 grey images: three blocks of 3x3 convolution without padding, instance
/// normalisation with learned scale and shift, and ReLU, the first two followed by 2x2 max-pooling; then one linear
/// classifier on the flattened 3x3 maps. [n, 1, 28, 28] to logits [n, units].
/// </summary>
public sealed class Convnet : Module<Tensor, Tensor>
{
    private readonly Sequential encoder;
    private readonly Linear classifier;

    /// <summary>Builds the network with the published initialisation, drawn from its own generator.</summary>
    /// <param name="units">Output units.</param>
    /// <param name="width">Filters per convolution; 256 in the paper.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    public Convnet(int units, int width = 256, ulong seed = 0)
        : base(nameof(Convnet))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        Width = width;
        encoder = Sequential(
            ("conv1", Conv2d(1, width, 3)), ("norm1", new InstanceNorm(width)), ("relu1", ReLU()), ("pool1", MaxPool2d(2)),
            ("conv2", Conv2d(width, width, 3)), ("norm2", new InstanceNorm(width)), ("relu2", ReLU()), ("pool2", MaxPool2d(2)),
            ("conv3", Conv2d(width, width, 3)), ("norm3", new InstanceNorm(width)), ("relu3", ReLU()),
            ("flatten", Flatten()));
        classifier = Linear(FeatureCount, units);
        RegisterComponents();
        Initialise(seed);
    }

    /// <summary>Filters per convolution.</summary>
    public int Width { get; }

    /// <summary>Features per image: 9 * <see cref="Width"/>, 2304 in the paper.</summary>
    public int FeatureCount => 9 * Width;

    /// <summary>The last layer, which zapping resets.</summary>
    public Linear Classifier => classifier;

    /// <summary>Features [n, <see cref="FeatureCount"/>] of images [n, 1, 28, 28].</summary>
    public Tensor Encode(Tensor images) => encoder.call(images);

    public override Tensor forward(Tensor input) => classifier.call(encoder.call(input));

    /// <summary>A second network with the same weights on the same device.</summary>
    public Convnet Copy()
    {
        using var noGrad = no_grad();
        var copy = new Convnet((int)classifier.weight.shape[0], Width);
        copy.to(classifier.weight.device);
        foreach (var (mine, its) in parameters().Zip(copy.parameters()))
        {
            its.copy_(mine);
        }

        return copy;
    }

    private void Initialise(ulong seed)
    {
        using var noGrad = no_grad();
        using var generator = new Generator(seed);
        foreach (var layer in encoder.children().OfType<Conv2d>())
        {
            var fanIn = layer.weight!.shape[1] * 9;
            layer.weight.normal_(0, Math.Sqrt(2.0 / fanIn), generator);
            Uniform(layer.bias!, fanIn);
        }

        Uniform(classifier.weight, FeatureCount);
        Uniform(classifier.bias!, FeatureCount);

        void Uniform(Parameter parameter, long fanIn) =>
            parameter.uniform_(-1 / Math.Sqrt(fanIn), 1 / Math.Sqrt(fanIn), generator);
    }
}
