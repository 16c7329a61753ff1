using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Models.Pretrained;

/// <summary>
/// A ResNet-18 with the weights that Microsoft's package <c>Microsoft.ML.DnnImageFeaturizer.ResNet18</c> (MIT) brings, trained on ImageNet, as the encoder of a classifier of one's own. Its last stage has three blocks
/// where the published network has two: 22 convolutions, 15.9 million weights, 512 features. [n, 3, size, size] with red, green and blue from 0 to 1, to logits [n, units].
/// </summary>
/// <remarks>
/// The weights are in <c>tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx</c> of the package. They were trained on 224x224 pixels; smaller images
/// go through as well, as the last layer is a mean over positions. The network takes blue first and values from 0 to 255 less a mean; this one converts what it gets, and takes for the mean image of the package the mean of each channel.
/// </remarks>
public sealed class PretrainedResNet18 : ImageClassifier
{
    /// <summary>The smallest image it takes: its last maps are 2x2, so that even one image has a variance.</summary>
    public const int MinImageSize = 33;

    private const int Width = 64;
    private const int Features = 8 * Width;

    // Means over the 224x224 positions of the package's mean image, blue first.
    private static readonly float[] Means = [103.0626f, 115.9029f, 123.1516f];

    private readonly Sequential encoder;
    private readonly Linear classifier;

    private PretrainedResNet18(int units, int imageSize, ulong seed)
        : base(nameof(PretrainedResNet18), units, channels: 3, imageSize, Features)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, MinImageSize);
        encoder = ImageNetEncoder.Create(Channels, Width, lastBlocks: 3);
        classifier = Linear(Features, units);
        RegisterComponents();
        Initialization.Apply(this, seed, Initialization.Fan.Out);
    }

    /// <inheritdoc/>
    public override bool MixesImages => true;

    /// <inheritdoc/>
    public override Linear Classifier => classifier;

    /// <summary>Builds the network with the package's weights and a classifier that a seed draws.</summary>
    /// <param name="path">The file <c>ResNet18.onnx</c>.</param>
    /// <param name="units">Output units.</param>
    /// <param name="imageSize">Height and width of the images, at least 33. Default: 224, as it was trained.</param>
    /// <param name="seed">Seed of the classifier's weights.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or it is another network's.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PretrainedResNet18 Load(string path, int units, int imageSize = 224, ulong seed = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var graph = OnnxGraph.Read(path);
        var model = new PretrainedResNet18(units, imageSize, seed);
        try
        {
            model.Take(graph, path);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Tensor Encode(Tensor images)
    {
        using var scope = NewDisposeScope();
        using Scalar bright = 255;
        var mean = tensor(Means, images.dtype, images.device).reshape(1, 3, 1, 1);
        return encoder.call(images.flip(1).mul(bright).sub(mean)).MoveToOuterDisposeScope();
    }

    /// <summary>Features [n, 512] of images that are prepared as the network was trained: blue first, from 0 to 255, less their mean.</summary>
    internal Tensor EncodePrepared(Tensor images) => encoder.call(images);

    private protected override ImageClassifier CreateAlike() => new PretrainedResNet18(Units, ImageSize, seed: 0);

    // The file names layers by numbers alone. Each convolution is followed by its normalization, and a shortcut's come before the block's own.
    private void Take(OnnxGraph graph, string path)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var convolutions = graph.Nodes.Where(node => node is { Kind: "Conv", Inputs.Count: 2 }).Select(node => graph.Weight(node.Inputs[1])).ToList();
        var norms = graph.Nodes.Where(node => node is { Kind: "BatchNormalization", Inputs.Count: 5 }).Select(node => node.Inputs.Skip(1).Select(graph.Weight).ToList()).ToList();
        var (mine, itsNorms) = InOrderOfFile();
        if (convolutions.Count != mine.Count || norms.Count != itsNorms.Count)
        {
            throw new InvalidDataException($"{path} has {convolutions.Count} convolutions and {norms.Count} normalizations, where the ResNet-18 of Microsoft.ML.DnnImageFeaturizer.ResNet18 has {mine.Count} of each.");
        }

        for (var place = 0; place < mine.Count; place++)
        {
            Copy(mine[place].weight, convolutions[place], path);
            Tensor[] own = [itsNorms[place].weight!, itsNorms[place].bias!, itsNorms[place].running_mean!, itsNorms[place].running_var!];
            foreach (var (to, from) in own.Zip(norms[place]))
            {
                Copy(to, from, path);
            }
        }
    }

    private (List<Conv2d> Convolutions, List<BatchNorm2d> Norms) InOrderOfFile()
    {
        var (convolutions, norms) = (new List<Conv2d>(), new List<BatchNorm2d>());
        Visit(encoder);
        return (convolutions, norms);

        void Visit(Module module)
        {
            switch (module)
            {
                case Conv2d convolution:
                    convolutions.Add(convolution);
                    break;
                case BatchNorm2d norm:
                    norms.Add(norm);
                    break;
                case ResidualBlock block:
                    foreach (var (_, child) in block.named_children().OrderByDescending(child => child.name == "shortcut"))
                    {
                        Visit(child);
                    }

                    break;
                default:
                    foreach (var child in module.children())
                    {
                        Visit(child);
                    }

                    break;
            }
        }
    }

    private static void Copy(Tensor to, Tensor from, string path)
    {
        if (!to.shape.SequenceEqual(from.shape))
        {
            throw new InvalidDataException($"{path} has weights [{string.Join(", ", from.shape)}] where the ResNet-18 of Microsoft.ML.DnnImageFeaturizer.ResNet18 has [{string.Join(", ", to.shape)}].");
        }

        to.copy_(from);
    }
}
