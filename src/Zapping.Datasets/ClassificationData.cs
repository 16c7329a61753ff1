namespace Zapping.Datasets;

/// <summary>The two disjoint halves of a data set: what is pre-trained on and what is transferred to.</summary>
/// <param name="Name">"Omniglot", "mini-ImageNet", "OmnImage-20" or "SyntheticGlyphs", for example.</param>
/// <param name="Source">Where it comes from: the full path of the folder, or the seed.</param>
/// <param name="Training">Classes of pre-training. Ids start at 0 in each half.</param>
/// <param name="Transfer">Classes that pre-training never sees.</param>
public sealed record ClassificationData(string Name, string Source, ImageSet Training, ImageSet Transfer)
{
    /// <summary>Channels of every image: 1 (grey) or 3 (red, green, blue).</summary>
    public int Channels => Training.Channels;

    /// <summary>Width and height of every image in pixels.</summary>
    public int Size => Training.Size;

    /// <summary>What <see cref="Images.ToTensors"/> applies to both halves; null where it only divides by 255.</summary>
    public Normalization? Normalization => Training.Normalization;
}
