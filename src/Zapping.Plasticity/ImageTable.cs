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

    /// <summary>Omniglot's background half: 964 characters of 28x28 pixels, 15 drawings of each to learn from and 5 to test on, from 0 (paper) to 1 (ink).</summary>
    /// <param name="path">As <see cref="Omniglot.Load(string, int, string?, IProgress{double}?, CancellationToken)"/> takes it.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DataException">The data set is missing, incomplete or damaged.</exception>
    public static ImageTable OfOmniglot(string path, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        using var scope = NewDisposeScope();
        var drawings = Omniglot.Load(path, progress: progress, cancellationToken: cancellationToken).Training;
        const int Shown = 15;
        var (training, test) = (Of(0, Shown), Of(Shown, drawings.ImagesPerClass - Shown));
        return new("Omniglot, 28x28", drawings.ClassCount, 1 - training.Inputs, training.Labels, 1 - test.Inputs, test.Labels);

        (Tensor Inputs, Tensor Labels) Of(int first, int count) =>
            Images.ToTensors(drawings, [.. Enumerable.Range(0, drawings.ClassCount)], [.. Enumerable.Repeat(Enumerable.Range(first, count).ToArray(), drawings.ClassCount)], CPU);
    }

    /// <summary>
    /// The training images alone, every <paramref name="each"/>th of each class as test image: for choosing options, which must not see test images.
    /// </summary>
    /// <param name="each">At least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 2.</exception>
    public ImageTable ForChoosing(int each = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(each, 2);
        using var scope = NewDisposeScope();
        var seen = new Dictionary<long, int>();
        var chosen = Labels.data<long>().Select(label => (seen[label] = seen.GetValueOrDefault(label) + 1) % each == 0).ToArray();
        var (test, training) = (tensor(Where(true)), tensor(Where(false)));
        return new($"{Name}, a part of the training images as test images", Classes, Inputs.index_select(0, training), Labels.index_select(0, training), Inputs.index_select(0, test), Labels.index_select(0, test));

        long[] Where(bool held) => [.. chosen.Index().Where(image => image.Item == held).Select(image => (long)image.Index)];
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
