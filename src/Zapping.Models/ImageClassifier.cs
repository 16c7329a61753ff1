using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Models;

/// <summary>
/// An encoder of square images and, last, one linear classifier, which zapping resets.
/// [n, <see cref="Channels"/>, <see cref="ImageSize"/>, <see cref="ImageSize"/>] with values of about 0 to 1, to
/// logits [n, <see cref="Units"/>].
/// </summary>
public abstract class ImageClassifier : Module<Tensor, Tensor>
{
    /// <summary>
    /// How many images of a step go through a network at a time, where they do not see each other: as fast as all at once,
    /// with a fraction of the memory.
    /// </summary>
    public const int ImagesAtATime = 64;

    private protected ImageClassifier(string name, int units, int channels, int imageSize, int featureCount)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        Units = units;
        Channels = channels;
        ImageSize = imageSize;
        FeatureCount = featureCount;
    }

    /// <summary>Outputs of the classifier.</summary>
    public int Units { get; }

    /// <summary>Channels of an image.</summary>
    public int Channels { get; }

    /// <summary>Height and width of an image.</summary>
    public int ImageSize { get; }

    /// <summary>Inputs of the classifier.</summary>
    public int FeatureCount { get; }

    /// <summary>The last layer, which zapping resets: [n, <see cref="FeatureCount"/>] to [n, <see cref="Units"/>].</summary>
    public abstract Linear Classifier { get; }

    /// <summary>All but the classifier: features [n, <see cref="FeatureCount"/>] of images.</summary>
    public abstract Tensor Encode(Tensor images);

    /// <summary>Whether what an image gives depends in train mode on the other images of its batch.</summary>
    public virtual bool MixesImages => false;

    /// <summary>Whether the inner steps of the episodic methods move this parameter; the outer steps move all.</summary>
    /// <param name="parameterName">As in <c>named_parameters()</c>.</param>
    public virtual bool MovesInside(string parameterName) => true;

    /// <summary>Logits [n, <see cref="Units"/>] of images [n, <see cref="Channels"/>, <see cref="ImageSize"/>, <see cref="ImageSize"/>].</summary>
    public sealed override Tensor forward(Tensor input)
    {
        using var features = Encode(input);
        return Classifier.call(features);
    }

    /// <summary>
    /// A second network, all of whose parameters can be trained, with the same weights and buffers, of the same type,
    /// on the same device and in the same mode.
    /// </summary>
    public ImageClassifier Copy()
    {
        using var noGrad = no_grad();
        var copy = CreateAlike();
        copy.to(Classifier.weight.device, Classifier.weight.dtype);
        foreach (var (mine, its) in parameters().Concat(buffers()).Zip(copy.parameters().Concat(copy.buffers())))
        {
            its.copy_(mine);
        }

        copy.train(training);
        return copy;
    }

    /// <summary>A network of the same dimensions with any weights.</summary>
    private protected abstract ImageClassifier CreateAlike();
}
