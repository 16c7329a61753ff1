namespace PaperCurves.Sweeps;

/// <summary>
/// The right to work on a cell, held by one process at a time. It is a lock on a file, which the system frees when the
/// process ends in whatever way; the file itself stays, because deleting it would let two hold locks of the same name.
/// </summary>
internal sealed class CellClaim : IDisposable
{
    private readonly FileStream _file;

    private CellClaim(FileStream file) => _file = file;

    // Windows' sharing and lock violations, and EAGAIN of Linux and of macOS.
    private static readonly int[] Taken = OperatingSystem.IsWindows() ? [32, 33] : [11, 35];

    /// <summary>Takes the right; null if somebody else has it.</summary>
    /// <exception cref="IOException">The file cannot be made or opened.</exception>
    public static CellClaim? Try(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new CellClaim(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException failure) when (IsTaken(failure))
        {
            return null;
        }
    }

    /// <summary>Whether somebody has the right. Nothing is written, and others may look at the same time.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static bool IsTaken(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return false;
        }
        catch (IOException failure) when (IsTaken(failure))
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static bool IsTaken(IOException failure) => Taken.Contains(failure.HResult & 0xFFFF);
}
