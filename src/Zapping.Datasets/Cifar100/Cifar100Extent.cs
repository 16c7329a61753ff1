namespace Zapping.Datasets;

/// <summary>What must be there; tests load less.</summary>
/// <param name="Classes">Names of the class folders, in ordinal order.</param>
/// <param name="TrainingImages">Training images of a class.</param>
/// <param name="TestImages">Test images of a class.</param>
internal sealed record Cifar100Extent(IReadOnlyList<string> Classes, int TrainingImages, int TestImages)
{
    /// <summary>The data set as published.</summary>
    public static Cifar100Extent Published { get; } = new(Cifar100Classes.Names, 500, 100);
}
