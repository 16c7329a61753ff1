using Zapping.Datasets;
using static TorchSharp.torch;

namespace ChangingLabels;

/// <summary>Images as the network takes them: [n, 784], 0 for paper and 1 for ink.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Images">All of them.</param>
/// <param name="Labels">[n] class ids.</param>
/// <param name="Classes">How many classes there are.</param>
/// <param name="PerTask">How many images a task has, drawn at random.</param>
/// <param name="Epochs">Passes over them in each task.</param>
internal sealed record LabeledData(string Name, Tensor Images, Tensor Labels, int Classes, int PerTask, int Epochs)
{
    /// <summary>MNIST from a folder; without one, 20 drawings of each of 50 invented characters.</summary>
    /// <exception cref="DataException">The folder has no MNIST.</exception>
    public static LabeledData Open(string? mnist) => mnist is null ? Characters(classes: 50) : Digits(mnist);

    /// <summary>The images of one task, and their classes.</summary>
    public (Tensor Images, Tensor Classes) Draw()
    {
        var chosen = randperm(Images.size(0)).narrow(0, 0, PerTask);
        return (Images.index_select(0, chosen), Labels.index_select(0, chosen));
    }

    private static LabeledData Characters(int classes)
    {
        var set = SyntheticGlyphs.Create(classes, transferClasses: 1).Training;
        var (images, labels) = Zapping.Datasets.Images.ToTensors(LabeledImages.Of(set), CPU);
        return new($"{classes} characters", (1 - images).flatten(1), labels, classes, PerTask: set.Count, Epochs: 3);
    }

    private static LabeledData Digits(string folder)
    {
        const int Enough = 5000;
        var digits = Mnist.LoadTraining(folder);
        if (digits.Count < Enough || digits.Size != 28)
        {
            throw new DataException($"{folder}: {digits.Count} images of {digits.Size}x{digits.Size} pixels; the sample needs {Enough} of 28x28.");
        }

        var (images, labels) = Zapping.Datasets.Images.ToTensors(digits, CPU);
        return new("MNIST", images.flatten(1), labels, digits.ClassNames.Count, PerTask: Enough, Epochs: 1);
    }
}
