namespace Zapping.Datasets;

/// <summary>The two trees of class folders, train and test, in a folder or a zip archive of both.</summary>
/// <param name="Path">Full path of the folder or archive.</param>
/// <param name="Training">What is below train/.</param>
/// <param name="Test">What is below test/.</param>
/// <param name="Archive">What both are in, if it is an archive.</param>
internal sealed record Cifar100Source(string Path, IImageSource Training, IImageSource Test, IImageSource? Archive) : IDisposable
{
    private const string TrainingFolder = "train";
    private const string TestFolder = "test";

    /// <summary>Three times the 143 MB of PNG files.</summary>
    private const int LongestArchive = 400 << 20;

    /// <summary>Finds both in a folder, one or two levels below it, or in an archive: the one that is named, or the only one of its name in the folder.</summary>
    /// <param name="path">Full path.</param>
    /// <exception cref="DataException">Neither is there, or there are several.</exception>
    public static Cifar100Source Open(string path)
    {
        if (File.Exists(path))
        {
            return OpenArchive(path);
        }

        if (FolderSearch.Find(path, IsHere) is { } folder)
        {
            return new Cifar100Source(
                folder, new FolderSource(System.IO.Path.Combine(folder, TrainingFolder), ClassFolders.LongestFile),
                new FolderSource(System.IO.Path.Combine(folder, TestFolder), ClassFolders.LongestFile), Archive: null);
        }

        return ArchivesIn(path) switch
        {
            [var only] => OpenArchive(only),
            [] => throw new DataException($"{path}: no CIFAR-100 here, neither the folders {TrainingFolder}/ and {TestFolder}/ nor an archive cifar100.zip."),
            var several => throw new DataException($"{path}: there are several archives: {FolderSearch.Some(several)}. Give one of them."),
        };
    }

    public void Dispose() => Archive?.Dispose();

    private static bool IsHere(string folder) =>
        Directory.Exists(System.IO.Path.Combine(folder, TrainingFolder)) && Directory.Exists(System.IO.Path.Combine(folder, TestFolder));

    private static List<string> ArchivesIn(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*.zip").Where(IsCifar100).Order(StringComparer.Ordinal)]
        : [];

    // cifar100.zip, cifar-100.zip, CIFAR-100-dataset-main.zip
    private static bool IsCifar100(string file) =>
        System.IO.Path.GetFileName(file).Replace("-", "", StringComparison.Ordinal).StartsWith("cifar100", StringComparison.OrdinalIgnoreCase);

    private static Cifar100Source OpenArchive(string path)
    {
        var archive = new ZipSource(path, root: "", LongestArchive, ClassFolders.LongestFile);
        try
        {
            var root = RootOf(path, archive.List());
            return new Cifar100Source(
                path, new SubfolderSource(archive, $"{root}{TrainingFolder}/"), new SubfolderSource(archive, $"{root}{TestFolder}/"), archive);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    // An archive of a folder has that folder's name before all others.
    private static string RootOf(string path, IReadOnlyList<string> names)
    {
        var roots = RootsOf(names, TrainingFolder).Intersect(RootsOf(names, TestFolder), StringComparer.Ordinal).ToList();
        return roots is [var only]
            ? only
            : throw new DataException(roots.Count == 0
                ? $"{path}: there are no folders {TrainingFolder}/ and {TestFolder}/ in it."
                : $"{path}: there are several folders {TrainingFolder}/ in it.");
    }

    private static IEnumerable<string> RootsOf(IReadOnlyList<string> names, string folder) => names
        .Select(name => name.Split('/'))
        .SelectMany(steps => Enumerable.Range(0, Math.Min(FolderSearch.Deepest + 1, steps.Length - 1))
            .Where(depth => steps[depth] == folder)
            .Select(depth => string.Concat(steps.Take(depth).Select(step => step + "/"))))
        .Distinct(StringComparer.Ordinal);
}
