using System.IO.Compression;
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
internal sealed record LabelledImages(string Name, Tensor Images, Tensor Labels, int Classes, int PerTask, int Epochs)
{
    private const int Pixels = 28 * 28;

    /// <summary>MNIST from a folder; without one, 20 drawings of each of 50 invented characters.</summary>
    /// <exception cref="DataException">The folder has no MNIST.</exception>
    public static LabelledImages Open(string? mnist) => mnist is null ? Characters(classes: 50) : Digits(mnist);

    /// <summary>The images of one task, and their classes.</summary>
    public (Tensor Images, Tensor Classes) Draw()
    {
        var chosen = randperm(Images.size(0)).narrow(0, 0, PerTask);
        return (Images.index_select(0, chosen), Labels.index_select(0, chosen));
    }

    private static LabelledImages Characters(int classes)
    {
        var set = SyntheticGlyphs.Create(classes, transferClasses: 1).Training;
        int[] drawings = [.. Enumerable.Range(0, set.ImagesPerClass)];
        var (images, labels) = Zapping.Datasets.Images.ToTensors(
            set, [.. Enumerable.Range(0, classes)], [.. Enumerable.Repeat(drawings, classes)], CPU);
        return new($"{classes} characters", (1 - images).flatten(1), labels, classes, PerTask: set.Count, Epochs: 3);
    }

    private static LabelledImages Digits(string folder)
    {
        const int TenDigits = 10, Enough = 5000;
        var pixels = Read(folder, "train-images-idx3-ubyte", header: 16);
        var labels = Read(folder, "train-labels-idx1-ubyte", header: 8);
        return pixels.Length == labels.Length * Pixels && labels.Length >= Enough && labels.Max() < TenDigits
            ? new("MNIST", tensor(pixels).view(-1, Pixels).to(float32) / 255, tensor(labels).to(int64), TenDigits, PerTask: Enough, Epochs: 1)
            : throw new DataException($"{folder}: its files are not the 60,000 images and labels of MNIST's training set.");
    }

    // The idx format: a few 32-bit numbers, then the bytes.
    private static byte[] Read(string folder, string name, int header)
    {
        var path = Path.Combine(folder, name);
        try
        {
            using var file = File.OpenRead(File.Exists(path) ? path : path + ".gz");
            using Stream content = file.Name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            return bytes.ToArray()[header..];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentOutOfRangeException)
        {
            throw new DataException($"{folder}: {name} cannot be read, as it is or as .gz. {failure.Message}", failure);
        }
    }
}
