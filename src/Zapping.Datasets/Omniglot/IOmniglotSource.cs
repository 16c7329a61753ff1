namespace Zapping.Datasets;

/// <summary>The files of one half of Omniglot, wherever they lie.</summary>
/// <remarks>Every member may throw <see cref="DataException"/>.</remarks>
internal interface IOmniglotSource : IDisposable
{
    /// <summary>Full path of the folder or archive, for messages.</summary>
    string Path { get; }

    /// <summary>32 bytes that change when the drawings may have changed. Cheap: nothing is decoded.</summary>
    byte[] Fingerprint();

    /// <summary>
    /// Paths relative to the half's own folder, separated by '/', in any order: "Greek/character01/0394_01.png".
    /// </summary>
    IReadOnlyList<string> List();

    /// <summary>The bytes of file <paramref name="index"/> of <see cref="List"/>; many threads may call it.</summary>
    byte[] Read(int index);

    /// <summary>How a message calls a file: its full path, or "archive: entry".</summary>
    string Describe(string name);
}

internal static class OmniglotSource
{
    /// <summary>Longer than any drawing by far; a longer file is not one and is not worth reading.</summary>
    public const int LongestFile = 1 << 20;

    /// <summary>True when <see cref="Open"/> would find something.</summary>
    public static bool Exists(string path, OmniglotHalf half) =>
        File.Exists(ArchivePath(path, half)) || Directory.Exists(FolderPath(path, half));

    /// <summary>The archive if there is one (its checksums make it the safer of the two), else the folder.</summary>
    /// <exception cref="DataException">Neither is there.</exception>
    public static IOmniglotSource Open(string path, OmniglotHalf half)
    {
        if (File.Exists(ArchivePath(path, half)))
        {
            return new ZipSource(ArchivePath(path, half), half.Name);
        }

        if (Directory.Exists(FolderPath(path, half)))
        {
            return new FolderSource(FolderPath(path, half));
        }

        throw new DataException(
            $"{path}: no Omniglot here, neither the folder {half.Name}/ nor the archive {half.Name}.zip exists.");
    }

    private static string ArchivePath(string path, OmniglotHalf half) => Path.Combine(path, half.Name + ".zip");

    private static string FolderPath(string path, OmniglotHalf half) => Path.Combine(path, half.Name);
}
