using Zapping.Datasets;
using static TorchSharp.torch;

namespace ClassIncremental;

/// <summary>
/// The classes in the order in which they are met: the first ones, then those that arrive. Of each, 15 drawings are there to learn
/// from and 5 to ask for.
/// </summary>
internal sealed record CharacterClasses(Tensor Known, Tensor KnownLabels, Tensor Asked, Tensor AskedLabels)
{
    public const int KnownPerClass = 15;

    public const int AskedPerClass = 5;

    /// <exception cref="DataException">The folder holds no such data.</exception>
    public static CharacterClasses Open(string? folder, Scale scale, int seed)
    {
        var data = folder is null
            ? SyntheticGlyphs.Create(scale.FirstClasses, scale.NewClasses, seed: (ulong)seed)
            : Omniglot.Load(folder);
        var (known, knownLabels) = Take(data, scale, first: 0, KnownPerClass);
        var (asked, askedLabels) = Take(data, scale, first: KnownPerClass, AskedPerClass);
        return new CharacterClasses(known, knownLabels, asked, askedLabels);
    }

    private static (Tensor Images, Tensor Labels) Take(ClassificationData data, Scale scale, int first, int count)
    {
        var (images, labels) = Take(data.Training, scale.FirstClasses, first, count);
        var (newImages, newLabels) = Take(data.Transfer, scale.NewClasses, first, count);
        return (cat([images, newImages]), cat([labels, newLabels + scale.FirstClasses]));
    }

    private static (Tensor Images, Tensor Labels) Take(ImageSet set, int classes, int first, int count) => Images.ToTensors(
        set, [.. Enumerable.Range(0, classes)], [.. Enumerable.Repeat(Enumerable.Range(first, count).ToArray(), classes)], CPU);
}
