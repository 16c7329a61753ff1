namespace Zapping.Datasets;

/// <summary>Opens a data set of images by what lies in the folder, or up to two levels below.</summary>
public static class ImageData
{
    internal const string Layouts = "Give a folder with images_background and images_evaluation, as "
        + "folders or zip archives (Omniglot); with train/<class>/*.jpg and test/<class>/*.jpg (mini-ImageNet); or with "
        + "<class>/*.jpg (OmnImage).";

    /// <summary>Finds the data set that lies in a folder, or up to two levels below; reads no image.</summary>
    /// <param name="path">Where to look.</param>
    /// <returns>How it is laid out, and the full path of its own folder.</returns>
    /// <exception cref="DataException">There is none of the three layouts, or there are several.</exception>
    public static (ImageLayout Layout, string Folder) Find(string path) => DataFolder.Find(path);

    /// <summary>Loads what is there, at the size that the paper uses or the options say.</summary>
    /// <param name="path">The folder of a data set.</param>
    /// <param name="miniImageNet">Used if the folder is laid out as mini-ImageNet; null means what is published.</param>
    /// <param name="omnImage">Used if it is laid out as OmnImage; null means what is published, split at random.</param>
    /// <param name="progress">Told the share that is done, 0..1, from any thread but one at a time.</param>
    /// <param name="cancellationToken">Stops the work within milliseconds.</param>
    /// <exception cref="DataException">
    /// There is no data set of the three layouts, there are several, or it is incomplete or damaged.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ClassificationData Open(
        string path, MiniImageNetOptions? miniImageNet = null, OmnImageOptions? omnImage = null,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        var (layout, place) = DataFolder.Find(path);
        return layout switch
        {
            ImageLayout.Omniglot => Omniglot.Load(place, progress: progress, cancellationToken: cancellationToken),
            ImageLayout.MiniImageNet => MiniImageNet.Load(place, miniImageNet, progress, cancellationToken),
            _ => OmnImage.Load(place, omnImage, progress, cancellationToken),
        };
    }
}
