namespace Zapping.Datasets;

/// <summary>How a data set lies in its folder.</summary>
public enum ImageLayout
{
    /// <summary>images_background and images_evaluation, as folders or zip archives.</summary>
    Omniglot,

    /// <summary>train/class/image and test/class/image.</summary>
    MiniImageNet,

    /// <summary>class/image.</summary>
    OmnImage,
}
