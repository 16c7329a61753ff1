namespace PaperCurves.Data;

/// <summary>Opens a data set of images by what lies in the folder.</summary>
public static class ImageData
{
    private const string Layouts = "no data set here. Give a folder with images_background and images_evaluation, as "
        + "folders or zip archives (Omniglot); with train/<class>/*.jpg and test/<class>/*.jpg (mini-ImageNet); or with "
        + "<class>/*.jpg (OmnImage).";

    /// <summary>Loads what <see cref="Recognise"/> sees, at the size that the paper uses or the options say.</summary>
    /// <param name="path">The folder of a data set.</param>
    /// <param name="miniImageNet">Used if the folder is laid out as mini-ImageNet; null means what is published.</param>
    /// <param name="omnImage">Used if it is laid out as OmnImage; null means what is published, split at random.</param>
    /// <param name="progress">Told the share that is done, 0..1, from any thread but one at a time.</param>
    /// <param name="cancellationToken">Stops the work within milliseconds.</param>
    /// <exception cref="DataException">
    /// The layout is none of the three, or the data set is incomplete or damaged.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ClassificationData Open(
        string path, MiniImageNetOptions? miniImageNet = null, OmnImageOptions? omnImage = null,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default) => Recognise(path) switch
        {
            ImageLayout.Omniglot => Omniglot.Load(path, progress: progress, cancellationToken: cancellationToken),
            ImageLayout.MiniImageNet => MiniImageNet.Load(path, miniImageNet, progress, cancellationToken),
            _ => OmnImage.Load(path, omnImage, progress, cancellationToken),
        };

    /// <summary>
    /// Says how a folder is laid out. Half a data set is recognised too, so that its loader can say what is missing.
    /// </summary>
    /// <exception cref="DataException">The layout is none of the three.</exception>
    public static ImageLayout Recognise(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (OmniglotSource.Exists(path, OmniglotHalf.Background) || OmniglotSource.Exists(path, OmniglotHalf.Evaluation))
        {
            return ImageLayout.Omniglot;
        }

        using var source = new FolderSource(path);
        var folders = Directory.Exists(path) ? source.Folders() : [];
        return folders.Count == 0 ? throw new DataException($"{Path.GetFullPath(path)}: {Layouts}")
            : MiniImageNet.IsPresent(path) || folders.Any(folder => IsHalf(path, folder)) ? ImageLayout.MiniImageNet
            : ImageLayout.OmnImage;
    }

    /// <summary>A class may be called "train" as well, but then images are in it and not folders.</summary>
    private static bool IsHalf(string path, string folder)
    {
        using var half = new FolderSource(Path.Combine(path, folder));
        return folder is "train" or "test" && half.Folders().Count > 0;
    }
}
