namespace Zapping.Datasets;

/// <summary>Where a data set is: in the folder that was named, else one or two levels below, as in the folder that torchvision makes.</summary>
internal static class DataFolder
{
    /// <summary>Half a data set is found too where the folder itself is one, so that its loader can say what is missing; below it a whole one alone.</summary>
    /// <exception cref="DataException">There is none, there are several, or the folder is only a part of one.</exception>
    public static (ImageLayout Layout, string Path) Find(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        EnsureNoPart(folder);

        // Folders of pictures lie everywhere, so they are taken only where there is nothing more distinct.
        return FolderSearch.Find(folder, HalfByName, WholeByName) ?? FolderSearch.Find(folder, SomeImages, AllImages) ?? throw new DataException($"{folder}: no data set here{Found(folder)}. {ImageData.Layouts}");
    }

    private static ImageLayout? HalfByName(string folder) =>
        OmniglotSource.Exists(folder, OmniglotHalf.Background) || OmniglotSource.Exists(folder, OmniglotHalf.Evaluation) ? ImageLayout.Omniglot
        : MiniImageNet.IsPresent(folder) || FolderSearch.FoldersIn(folder).Any(IsHalf) ? ImageLayout.MiniImageNet
        : null;

    private static ImageLayout? WholeByName(string folder) =>
        Omniglot.IsPresent(folder) ? ImageLayout.Omniglot
        : MiniImageNet.IsPresent(folder) && FolderSearch.FoldersIn(folder).Count(IsHalf) == 2 ? ImageLayout.MiniImageNet
        : null;

    private static ImageLayout? SomeImages(string folder) => FolderSearch.FoldersIn(folder).Any(ClassFolders.HasImages) ? ImageLayout.OmnImage : null;

    private static ImageLayout? AllImages(string folder) =>
        FolderSearch.FoldersIn(folder).ToList() is { Count: > 1 } folders && folders.TrueForAll(ClassFolders.HasImages) ? ImageLayout.OmnImage : null;

    /// <summary>A class may be called "train" as well, but then images are in it and not folders.</summary>
    private static bool IsHalf(string folder) => Path.GetFileName(folder) is "train" or "test" && FolderSearch.FoldersIn(folder).Any();

    // Its alphabets look like data sets of their own.
    private static void EnsureNoPart(string folder)
    {
        if (Directory.Exists(folder) && Path.GetFileName(folder) is var name && (name == OmniglotHalf.Background.Name || name == OmniglotHalf.Evaluation.Name))
        {
            throw new DataException($"{folder}: this is half of Omniglot; give the folder above, {Path.GetDirectoryName(folder)}.");
        }
    }

    private static string Found(string folder)
    {
        var names = FolderSearch.FoldersIn(folder).Select(place => $"{Path.GetFileName(place)}/").ToList();
        return names.Count == 0 ? "" : $", nor up to {FolderSearch.Deepest} levels below, where there are {FolderSearch.Some(names)}";
    }
}
