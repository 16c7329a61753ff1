namespace PaperCurves.Sweeps;

/// <summary>
/// The right to work on a cell, held by one process at a time. It is a lock on a file, which the system frees when the
/// process ends in whatever way; the file itself stays, because deleting it would let two hold locks of the same name.
/// </summary>
internal sealed class CellClaim : IDisposable
{
    private readonly FileStream _file;

    private CellClaim(FileStream file) => _file = file;

    /// <summary>Takes the right; null if somebody else has it.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static CellClaim? Try(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new CellClaim(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
