using System.Globalization;
using Zapping.Training.Internal;

namespace Zapping.Datasets;

/// <summary>Where a data set is: in the folder that was named, else one or two levels below, as in the folder that torchvision makes.</summary>
internal static class DataFolder
{
    private const int Deepest = 2;
    private const int NamesTold = 5;

    /// <summary>Half a data set is found too where the folder itself is one, so that its loader can say what is missing; below it a whole one alone.</summary>
    /// <exception cref="DataException">There is none, there are several, or the folder is only a part of one.</exception>
    public static (ImageLayout Layout, string Path) Find(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        EnsureNoPart(folder);

        // Folders of pictures lie everywhere, so they are taken only where there is nothing more distinct.
        return Find(folder, HalfByName, WholeByName) ?? Find(folder, SomeImages, AllImages) ?? throw new DataException($"{folder}: no data set here{Found(folder)}. {ImageData.Layouts}");
    }

    private static (ImageLayout Layout, string Path)? Find(string folder, Func<string, ImageLayout?> here, Func<string, ImageLayout?> below)
    {
        string[] level = [folder];
        for (var depth = 0; depth <= Deepest; depth++)
        {
            var found = level.Select(place => (Layout: depth == 0 ? here(place) : below(place), Path: place)).Where(place => place.Layout is not null).ToList();
            if (found.Count > 1)
            {
                throw new DataException($"{folder}: there are several data sets below: {Some(found.ConvertAll(place => place.Path))}. Give one of them.");
            }

            if (found is [var (layout, only)])
            {
                return (layout!.Value, only);
            }

            level = [.. level.SelectMany(FoldersIn)];
        }

        return null;
    }

    private static ImageLayout? HalfByName(string folder) =>
        OmniglotSource.Exists(folder, OmniglotHalf.Background) || OmniglotSource.Exists(folder, OmniglotHalf.Evaluation) ? ImageLayout.Omniglot
        : MiniImageNet.IsPresent(folder) || FoldersIn(folder).Any(IsHalf) ? ImageLayout.MiniImageNet
        : null;

    private static ImageLayout? WholeByName(string folder) =>
        Omniglot.IsPresent(folder) ? ImageLayout.Omniglot
        : MiniImageNet.IsPresent(folder) && FoldersIn(folder).Count(IsHalf) == 2 ? ImageLayout.MiniImageNet
        : null;

    private static ImageLayout? SomeImages(string folder) => FoldersIn(folder).Any(ClassFolders.HasImages) ? ImageLayout.OmnImage : null;

    private static ImageLayout? AllImages(string folder) =>
        FoldersIn(folder).ToList() is { Count: > 1 } folders && folders.TrueForAll(ClassFolders.HasImages) ? ImageLayout.OmnImage : null;

    /// <summary>A class may be called "train" as well, but then images are in it and not folders.</summary>
    private static bool IsHalf(string folder) => Path.GetFileName(folder) is "train" or "test" && FoldersIn(folder).Any();

    // Its alphabets look like data sets of their own.
    private static void EnsureNoPart(string folder)
    {
        if (Directory.Exists(folder) && Path.GetFileName(folder) is var name && (name == OmniglotHalf.Background.Name || name == OmniglotHalf.Evaluation.Name))
        {
            throw new DataException($"{folder}: this is half of Omniglot; give the folder above, {Path.GetDirectoryName(folder)}.");
        }
    }

    /// <summary>Who may not look into a folder finds nothing there.</summary>
    private static IEnumerable<string> FoldersIn(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { IgnoreInaccessible = true })
            .Where(place => !Litter.IsName(Path.GetFileName(place)))
            .Order(StringComparer.Ordinal)
        : [];

    private static string Found(string folder)
    {
        var names = FoldersIn(folder).Select(place => $"{Path.GetFileName(place)}/").ToList();
        return names.Count == 0 ? "" : $", nor up to {Deepest} levels below, where there are {Some(names)}";
    }

    private static string Some(List<string> names) =>
        string.Join(", ", names.Take(NamesTold)) + (names.Count > NamesTold ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - NamesTold} more") : "");
}
