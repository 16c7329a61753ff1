namespace Zapping.Datasets;

/// <summary>Reads MNIST, handwritten digits of 28x28 gray pixels, from its four IDX files.</summary>
/// <remarks>Fashion-MNIST and KMNIST come in the same files; their classes are then named by number.</remarks>
public static class Mnist
{
    private const string Advice = "MNIST has train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, "
        + "each as it is or as .gz; it is at github.com/cvdfoundation/mnist.";

    private const string TrainingPrefix = "train";
    private const string TestPrefix = "t10k";
    private const int ImageDimensions = 3;
    private const int Digits = 10;

    private static readonly string[] Endings = ["", ".gz"];

    /// <summary>Mean and standard deviation of the training images, as torchvision's examples have them.</summary>
    public static Normalization Normalization { get; } = new([0.1307f], [0.3081f]);

    /// <summary>Loads training and test images in the order of the files: 0 is paper, 255 ink.</summary>
    /// <param name="path">
    /// The folder of the four files, which may end with .gz and may have a point where the second hyphen of their name is; or a folder one
    /// or two levels above, as torchvision makes it (MNIST/raw).
    /// </param>
    /// <param name="normalization">How bytes become numbers; null divides by 255.</param>
    /// <exception cref="DataException">A file is missing, damaged, or of another size than the others.</exception>
    public static TrainTestData Load(string path, Normalization? normalization = null) => With(path, folder =>
    {
        var training = Read(folder, TrainingPrefix, normalization);
        var test = Read(folder, TestPrefix, normalization);
        return training.Size == test.Size
            ? new TrainTestData("MNIST", folder, training, test)
            : throw new DataException($"{folder}: training images have {training.Size}x{training.Size} pixels, test images {test.Size}x{test.Size}.");
    });

    /// <summary>Loads the training images alone; the files of the others need not be there.</summary>
    /// <param name="path">As for <see cref="Load"/>.</param>
    /// <param name="normalization">How bytes become numbers; null divides by 255.</param>
    /// <exception cref="DataException">A file is missing or damaged.</exception>
    public static LabeledImages LoadTraining(string path, Normalization? normalization = null) =>
        With(path, folder => Read(folder, TrainingPrefix, normalization));

    private static T With<T>(string path, Func<string, T> read)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            return read(FolderSearch.Find(full, folder => Find(folder, TrainingPrefix, "images-idx3") is not null) ?? full);
        }
        catch (DataException error)
        {
            throw error.With(Advice);
        }
    }

    private static LabeledImages Read(string folder, string prefix, Normalization? normalization)
    {
        var images = IdxFile.Read(Existing(folder, prefix, "images-idx3"), ImageDimensions);
        var labels = IdxFile.Read(Existing(folder, prefix, "labels-idx1"), dimensions: 1);
        var (count, rows, columns) = (images.Dimensions[0], images.Dimensions[1], images.Dimensions[2]);
        if (rows != columns)
        {
            throw IdxFile.At(images.Path, 2 * sizeof(int), $"images of {rows} rows and {columns} columns; they must be square");
        }

        if (labels.Dimensions[0] != count)
        {
            throw IdxFile.At(labels.Path, sizeof(int), $"{labels.Dimensions[0]} labels, but there are {count} images in {Path.GetFileName(images.Path)}");
        }

        var wrong = labels.Bytes.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(Digits - 1));
        return wrong < 0
            ? new LabeledImages([.. Enumerable.Range(0, Digits).Select(digit => $"{digit}")], labels.Bytes, rows, images.Bytes, normalization: normalization)
            : throw IdxFile.At(labels.Path, labels.HeaderLength + wrong, $"label {labels.Bytes[wrong]}; labels are from 0 to {Digits - 1}");
    }

    private static string Existing(string folder, string prefix, string kind) =>
        Find(folder, prefix, kind) ?? throw new DataException($"{folder}: there is no {prefix}-{kind}-ubyte, neither as it is nor as .gz.");

    // Kaggle's copies are called train-images.idx3-ubyte.
    private static string? Find(string folder, string prefix, string kind) =>
        new[] { kind, kind.Replace('-', '.') }.SelectMany(name => Endings.Select(ending => Path.Combine(folder, $"{prefix}-{name}-ubyte{ending}")))
            .FirstOrDefault(File.Exists);
}
