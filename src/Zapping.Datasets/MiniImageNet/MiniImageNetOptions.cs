namespace Zapping.Datasets;

/// <summary>What a folder of mini-ImageNet must hold. The defaults are what is published.</summary>
public sealed record MiniImageNetOptions
{
    /// <summary>Class folders in train/, at least 1.</summary>
    public int TrainingClasses { get; init => field = OptionValue.AtLeastOne(value); } = 64;

    /// <summary>Class folders in test/, at least 1.</summary>
    public int TransferClasses { get; init => field = OptionValue.AtLeastOne(value); } = 20;

    /// <summary>Images in every class folder, at least 1.</summary>
    public int ImagesPerClass { get; init => field = OptionValue.AtLeastOne(value); } = 600;

    /// <summary>Width and height of the images to make in pixels, 1..256; images of another size are resized.</summary>
    public int Size { get; init => field = OptionValue.ImageSize(value); } = 84;
}
