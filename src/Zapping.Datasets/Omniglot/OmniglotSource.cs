namespace Zapping.Datasets;

/// <summary>The files of one half of Omniglot, in a folder or an archive.</summary>
internal static class OmniglotSource
{
    /// <summary>Longer than any drawing by far; a longer file is not one and is not worth reading.</summary>
    public const int LongestFile = 1 << 20;

    /// <summary>Ten times what the published archives have.</summary>
    public const int LongestArchive = 100 << 20;

    /// <summary>True when <see cref="Open"/> would find something.</summary>
    public static bool Exists(string path, OmniglotHalf half) =>
        File.Exists(ArchivePath(path, half)) || Directory.Exists(FolderPath(path, half));

    /// <summary>The archive if there is one (its checksums make it the safer of the two), else the folder.</summary>
    /// <exception cref="DataException">Neither is there.</exception>
    public static IImageSource Open(string path, OmniglotHalf half)
    {
        if (File.Exists(ArchivePath(path, half)))
        {
            return new ZipSource(ArchivePath(path, half), half.Name + "/", LongestArchive, LongestFile);
        }

        if (Directory.Exists(FolderPath(path, half)))
        {
            return new FolderSource(FolderPath(path, half), LongestFile);
        }

        throw new DataException(
            $"{path}: no Omniglot here, neither the folder {half.Name}/ nor the archive {half.Name}.zip exists.");
    }

    private static string ArchivePath(string path, OmniglotHalf half) => Path.Combine(path, half.Name + ".zip");

    private static string FolderPath(string path, OmniglotHalf half) => Path.Combine(path, half.Name);
}
