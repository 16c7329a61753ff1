namespace Zapping.Datasets;

/// <summary>
/// What a folder of OmnImage must hold, which by default is what is published, and how its classes are split.
/// </summary>
public sealed record OmnImageOptions
{
    /// <summary>Classes to pre-train on, at least 1.</summary>
    public int TrainingClasses { get; init => field = OptionValue.AtLeastOne(value); } = 700;

    /// <summary>Classes to transfer to, at least 1.</summary>
    public int TransferClasses { get; init => field = OptionValue.AtLeastOne(value); } = 300;

    /// <summary>Images in every class folder, at least 1; null means 20 or 100, whichever the first folder has.</summary>
    public int? ImagesPerClass
    {
        get;
        init => field = value is { } count ? OptionValue.AtLeastOne(count) : null;
    }

    /// <summary>
    /// A text file with the names of all <see cref="TransferClasses"/>, one per line, where blank lines and lines that
    /// begin with # do not count; or a JSON array of them, as the published list (evolved_test_class_names.json) is.
    /// Null draws the classes with <see cref="SplitSeed"/>.
    /// </summary>
    public string? TestClassesFile { get; init; }

    /// <summary>Which random split, when there is no list. None of them is the published one.</summary>
    public ulong SplitSeed { get; init; } = 1;

    /// <summary>Width and height of the images to make in pixels, 1..256; images of another size are resized.</summary>
    public int Size { get; init => field = OptionValue.ImageSize(value); } = 84;
}
