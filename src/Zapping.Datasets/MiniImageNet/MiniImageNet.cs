namespace Zapping.Datasets;

/// <summary>Reads mini-ImageNet: 84 classes of ImageNet with 600 colour images of 84x84 pixels each.</summary>
public static class MiniImageNet
{
    /// <summary>Images of each training class that the paper pre-trains on; the other 100 validate.</summary>
    public const int PretrainingImages = 500;

    /// <summary>Images of each transfer class that the paper shows; i.i.d. transfer can be shown 500.</summary>
    public const int SupportImages = 30;

    /// <summary>Images of each transfer class that the paper tests on.</summary>
    public const int QueryImages = 100;

    private const string TrainingFolder = "train";
    private const string TransferFolder = "test";

    /// <summary>Of ImageNet, red, green and blue.</summary>
    public static Normalization Normalization { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>
    /// Loads all images of train/ and test/ as 8-bit red, green and blue planes (1.1 GB); nothing is kept on disk.
    /// Classes are in ordinal order of folder name, images in ordinal order of file name.
    /// </summary>
    /// <remarks>
    /// An image of another size is stretched to the square, whatever its proportions, channel by channel, bit for bit
    /// like Pillow's antialiasing Lanczos. Grey images get three equal channels; transparency is dropped.
    /// </remarks>
    /// <param name="path">
    /// A folder with train/class/image.jpg and test/class/image.jpg, as mini-imagenet-tools makes it; JPEG and PNG are
    /// read, and val/ is not looked at.
    /// </param>
    /// <param name="options">What must be there; null means what is published.</param>
    /// <param name="progress">Told the share that is done, 0..1, from any thread but one at a time.</param>
    /// <param name="cancellationToken">Stops the work within milliseconds.</param>
    /// <exception cref="DataException">The data set is missing, incomplete or damaged.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ClassificationData Load(
        string path, MiniImageNetOptions? options = null, IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new MiniImageNetOptions();
        return ClassFolders.Load(path, Advice(options), full => Read(full, options, progress, cancellationToken), cancellationToken);
    }

    /// <summary>True when train/ and test/ are at <paramref name="path"/>; nothing is read.</summary>
    public static bool IsPresent(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Directory.Exists(Path.Combine(path, TrainingFolder))
            && Directory.Exists(Path.Combine(path, TransferFolder));
    }

    private static ClassificationData Read(
        string path, MiniImageNetOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        // Both are listed before the first image is decoded: a wrong count should not take a minute to be told.
        using var training = new ClassFolders(Path.Combine(path, TrainingFolder), options.TrainingClasses);
        using var transfer = new ClassFolders(Path.Combine(path, TransferFolder), options.TransferClasses);
        training.CheckImages(options.ImagesPerClass);
        transfer.CheckImages(options.ImagesPerClass);
        if (training.Names.Intersect(transfer.Names, StringComparer.Ordinal).FirstOrDefault() is { } shared)
        {
            throw new DataException($"{path}: class {shared} is in {TrainingFolder}/ and in {TransferFolder}/.");
        }

        var share = options.TrainingClasses / ((double)options.TrainingClasses + options.TransferClasses);
        var data = new ClassificationData(
            "mini-ImageNet",
            path,
            Decode(training, PartOfProgress.Of(progress, 0.0, share)),
            Decode(transfer, PartOfProgress.Of(progress, share, 1.0 - share)));
        progress?.Report(1.0);
        return data;

        ImageSet Decode(ClassFolders folders, IProgress<double>? part) => folders.Decode(
            [.. Enumerable.Range(0, folders.Names.Count)], options.Size, Normalization, part, cancellationToken);
    }

    private static string Advice(MiniImageNetOptions options) =>
        "mini-ImageNet is made from ImageNet by github.com/yaoyao-liu/mini-imagenet-tools, and is ready made at "
        + $"mtl.yyliu.net/download; lay it out as {TrainingFolder}/<class>/*.jpg ({options.TrainingClasses} classes) "
        + $"and {TransferFolder}/<class>/*.jpg ({options.TransferClasses} classes) "
        + $"with {options.ImagesPerClass} images each.";
}
