using System.Globalization;

namespace Zapping.Datasets;

/// <summary>Reads OmnImage: 1000 classes of ImageNet, the 20 or 100 most similar images of each, in 84x84.</summary>
public static class OmnImage
{
    /// <summary>Of 20 images of a class, those that the paper pre-trains on, or shows; 5 validate, or test.</summary>
    public const int PretrainingImagesOf20 = 15;

    /// <summary>Of 100 images of a class, how many the paper pre-trains on; the other 15 validate.</summary>
    public const int PretrainingImagesOf100 = 85;

    /// <summary>Of OmnImage-100, red, green and blue; the paper uses it for both.</summary>
    public static Normalization Normalization { get; } = new(
        [0.48751324f, 0.46667117f, 0.41095525f], [0.26073888f, 0.2528451f, 0.2677635f]);

    /// <summary>
    /// Loads all images as 8-bit red, green and blue planes (0.4 GB for 20 images per class, 2.1 GB for 100); nothing
    /// is kept on disk. Classes are in ordinal order of folder name in both halves, images in that of file name.
    /// </summary>
    /// <remarks>Images are decoded and resized as <see cref="MiniImageNet.Load"/> does it.</remarks>
    /// <param name="path">
    /// A folder of class folders of JPEG or PNG images; files beside the class folders are ignored.
    /// </param>
    /// <param name="options">What must be there, and the split; null means what is published, split at random.</param>
    /// <param name="progress">Told the share that is done, 0..1, from any thread but one at a time.</param>
    /// <param name="cancellationToken">Stops the work within milliseconds.</param>
    /// <exception cref="DataException">The data set or the list is missing, incomplete or damaged.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ClassificationData Load(
        string path, OmnImageOptions? options = null, IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new OmnImageOptions();
        return ClassFolders.Load(path, Advice(options), full => Read(full, options, progress, cancellationToken), cancellationToken);
    }

    private static ClassificationData Read(
        string path, OmnImageOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var total = options.TrainingClasses + options.TransferClasses;
        using var folders = new ClassFolders(path, total);
        var perClass = options.ImagesPerClass ?? PublishedCount(folders);
        folders.CheckImages(perClass);
        var list = options.TestClassesFile is { } file ? Path.GetFullPath(file) : null;
        var transfer = list is null
            ? ClassSplit.Draw(options.TransferClasses, total, options.SplitSeed)
            : ClassSplit.Read(list, options.TransferClasses, folders.Names);

        var share = options.TrainingClasses / (double)total;
        var data = new ClassificationData(
            $"OmnImage-{perClass}",
            $"{path}, test classes {(list is null ? $"drawn with seed {options.SplitSeed}" : $"of {list}")}",
            Decode(id => !transfer.Contains(id), PartOfProgress.Of(progress, 0.0, share)),
            Decode(transfer.Contains, PartOfProgress.Of(progress, share, 1.0 - share)));
        progress?.Report(1.0);
        return data;

        ImageSet Decode(Func<int, bool> belongs, IProgress<double>? part) => folders.Decode(
            [.. Enumerable.Range(0, total).Where(belongs)], options.Size, Normalization, part, cancellationToken);
    }

    /// <summary>20, unless the first class has as many as OmnImage-100; what is neither is then found wanting.</summary>
    private static int PublishedCount(ClassFolders folders) => folders.ImagesOf(0) > 20 ? 100 : 20;

    private static string Advice(OmnImageOptions options) =>
        "OmnImage is at www.uvm.edu/~lfrati/omnimage.html; give the folder that holds its "
        + $"{options.TrainingClasses + options.TransferClasses} class folders, <class>/*.jpg, each with "
        + $"{options.ImagesPerClass?.ToString(CultureInfo.InvariantCulture) ?? "20 or 100"} images. A list of test "
        + $"classes has {options.TransferClasses} of their names, one per line.";
}
