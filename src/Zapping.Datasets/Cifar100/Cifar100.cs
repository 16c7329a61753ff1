namespace Zapping.Datasets;

/// <summary>Reads CIFAR-100, 60,000 color images of 32x32 pixels in 100 classes, from class folders of PNG files or a zip archive of them.</summary>
public static class Cifar100
{
    /// <summary>Width and height of the images, in pixels.</summary>
    public const int Size = 32;

    private const string Advice = "CIFAR-100 as PNG files is at github.com/cyizhuo/CIFAR-100-dataset; lay it out as train/<class>/*.png (500 images of each of "
        + "100 classes) and test/<class>/*.png (100 of each), as folders or in one zip archive.";

    /// <summary>Mean and standard deviation of the training images: red, green and blue.</summary>
    public static Normalization Normalization { get; } = new([0.5071f, 0.4865f, 0.4409f], [0.2673f, 0.2564f, 0.2762f]);

    /// <summary>Names of the 100 classes, in the order of the fine labels.</summary>
    public static IReadOnlyList<string> ClassNames => Cifar100Classes.Names;

    /// <summary>Names of the 20 superclasses, in the order of the coarse labels.</summary>
    public static IReadOnlyList<string> SuperclassNames => Cifar100Classes.SuperclassNames;

    /// <summary>The coarse label of each of the 100 fine labels.</summary>
    public static IReadOnlyList<int> SuperclassOf => Cifar100Classes.SuperclassOf;

    /// <summary>
    /// Loads training and test images as 8-bit red, green and blue planes (184 MB); nothing is kept on disk. Labels are the fine labels;
    /// images are in the order of class and file name.
    /// </summary>
    /// <remarks>Images are decoded, and those of another size resized, as <see cref="MiniImageNet.Load"/> does it.</remarks>
    /// <param name="path">
    /// A folder with train/class/image.png and test/class/image.png, a folder one or two levels above, a zip archive of such a folder, or
    /// the folder of cifar100.zip.
    /// </param>
    /// <param name="normalization">How bytes become numbers, of three channels; null divides by 255.</param>
    /// <param name="progress">Told the share that is done, 0 to 1, from any thread but one at a time.</param>
    /// <param name="cancellationToken">Stops the work within milliseconds.</param>
    /// <exception cref="DataException">The data set is missing, incomplete or damaged.</exception>
    /// <exception cref="ArgumentException">The normalization is not of three channels.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static TrainTestData Load(
        string path, Normalization? normalization = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Load(path, Cifar100Extent.Published, normalization, progress, cancellationToken);

    /// <summary>Loads a tree of another extent; the real one takes too long for most tests.</summary>
    internal static TrainTestData Load(
        string path, Cifar100Extent extent, Normalization? normalization, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (normalization is not null && normalization.Channels != PhotoDecoder.Channels)
        {
            throw new ArgumentException($"{PhotoDecoder.Channels} channels cannot be normalized as {normalization.Channels}.", nameof(normalization));
        }

        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return Read(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), extent, normalization, progress, cancellationToken);
        }
        catch (DataException error)
        {
            throw error.With(Advice);
        }
    }

    private static TrainTestData Read(
        string path, Cifar100Extent extent, Normalization? normalization, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        using var source = Cifar100Source.Open(path);
        using var training = Open(source.Training, extent, extent.TrainingImages);
        using var test = Open(source.Test, extent, extent.TestImages);
        var share = extent.TrainingImages / ((double)extent.TrainingImages + extent.TestImages);
        var data = new TrainTestData(
            "CIFAR-100",
            source.Path,
            Decode(training, PartOfProgress.Of(progress, 0.0, share)),
            Decode(test, PartOfProgress.Of(progress, share, 1.0 - share)));
        progress?.Report(1.0);
        return data;

        LabeledImages Decode(ClassFolders folders, IProgress<double>? part) => LabeledImages.Of(
            folders.Decode([.. Enumerable.Range(0, folders.Names.Count)], Size, normalization, part, cancellationToken));
    }

    private static ClassFolders Open(IImageSource tree, Cifar100Extent extent, int imagesPerClass)
    {
        var folders = new ClassFolders(tree, extent.Classes.Count);
        if (folders.Names.Except(extent.Classes, StringComparer.Ordinal).FirstOrDefault() is { } other)
        {
            throw new DataException($"{tree.Describe(other)}: CIFAR-100 has no class of this name.");
        }

        folders.CheckImages(imagesPerClass);
        return folders;
    }
}
