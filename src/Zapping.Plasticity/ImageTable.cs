using Zapping.Datasets;
using static TorchSharp.torch;

namespace Zapping.Plasticity;

/// <summary>Labeled images in memory, from which problems draw their tasks. Disposed of with <see cref="Dispose"/>.</summary>
public sealed class ImageTable : IDisposable
{
    private ImageTable(string name, int classes, Tensor inputs, Tensor labels, Tensor? testInputs = null, Tensor? testLabels = null) =>
        (Name, Classes, Inputs, Labels, TestInputs, TestLabels) = (name, classes, Keep(inputs)!, Keep(labels)!, Keep(testInputs), Keep(testLabels));

    /// <summary>What they are, for reports.</summary>
    public string Name { get; }

    /// <summary>How many classes there are.</summary>
    public int Classes { get; }

    /// <summary>[n, …] training images.</summary>
    public Tensor Inputs { get; }

    /// <summary>[n] class ids, 64-bit integers.</summary>
    public Tensor Labels { get; }

    /// <summary>[m, …] test images; null where there are none.</summary>
    public Tensor? TestInputs { get; }

    /// <summary>[m] their class ids.</summary>
    public Tensor? TestLabels { get; }

    /// <summary>MNIST's training images, flattened to [60000, 784], from 0 (paper) to 1 (ink).</summary>
    /// <param name="folder">With train-images-idx3-ubyte and train-labels-idx1-ubyte, also as .gz.</param>
    /// <exception cref="DataException">The folder has no MNIST.</exception>
    public static ImageTable OfMnist(string folder)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = Images.ToTensors(Mnist.LoadTraining(folder), CPU);
        return new("MNIST", 10, images.flatten(1), labels);
    }

    /// <summary>Drawings of invented characters, flattened to [20 · classes, 784], from 0 (paper) to 1 (ink): for those who have no data at hand.</summary>
    /// <param name="classes">How many characters, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public static ImageTable OfGlyphs(int classes)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = Images.ToTensors(LabeledImages.Of(SyntheticGlyphs.Create(classes, transferClasses: 1).Training), CPU);
        return new("glyphs", classes, (1 - images).flatten(1), labels);
    }

    /// <summary>CIFAR-100 at 16x16 pixels, each the mean of four: [50000, 3, 16, 16] and [10000, 3, 16, 16], standardized for each channel by the training images.</summary>
    /// <param name="path">As <see cref="Cifar100.Load(string, Normalization?, IProgress{double}?, CancellationToken)"/> takes it.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DataException">The data set is missing, incomplete or damaged.</exception>
    public static ImageTable OfCifar100(string path, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        using var scope = NewDisposeScope();
        var data = Cifar100.Load(path, progress: progress, cancellationToken: cancellationToken);
        var (training, test) = (Small(data.Training), Small(data.Test));
        var mean = training.Inputs.mean([0, 2, 3], keepdim: true);
        var deviation = training.Inputs.std([0, 2, 3], keepdim: true);
        return new("CIFAR-100, 16x16", 100, (training.Inputs - mean) / deviation, training.Labels, (test.Inputs - mean) / deviation, test.Labels);
    }

    /// <summary>Frees the images.</summary>
    public void Dispose()
    {
        foreach (var tensor in new[] { Inputs, Labels, TestInputs, TestLabels })
        {
            tensor?.Dispose();
        }
    }

    private static (Tensor Inputs, Tensor Labels) Small(LabeledImages images)
    {
        var (inputs, labels) = Images.ToTensors(images, CPU);
        return (nn.functional.avg_pool2d(inputs, 2), labels);
    }

    private static Tensor? Keep(Tensor? tensor) => tensor?.DetachFromDisposeScope();
}
