using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Zapping.Training.Files;

/// <summary>
/// A right that one holder has at a time, in this process or another: a lock on a file, which the system frees when the
/// process ends in whatever way. The file itself stays, because deleting it would let two hold locks of the same name; it
/// says who has the right. samples/PaperCurves compiles this file too.
/// </summary>
internal sealed partial class FileLock : IDisposable
{
    private const int LongestSignature = 400;
    private const int ReadOnly = 0;

    // Windows' sharing and lock violations, and EAGAIN of Linux and of macOS.
    private static readonly int[] Taken = OperatingSystem.IsWindows() ? [32, 33] : [11, 35];

    // Windows lets nobody read what is not shared; elsewhere whatever is shared can be locked again.
    private static readonly FileShare Sharing = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None;

    private static readonly string Us = Signature();

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the right; null if somebody has it, in this process or another.</summary>
    /// <param name="path">The file, made if need be.</param>
    /// <exception cref="IOException">The file cannot be made or opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public static FileLock? Try(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Sharing, bufferSize: 0);
            Sign(file, Us);
            return new FileLock(file);
        }
        catch (IOException failure) when (IsTaken(failure))
        {
            return null;
        }
    }

    /// <summary>Whether somebody has the right. Nothing is written, and others may look at the same time.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
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

    /// <summary>Who has the right that is taken, in words: "this process", "process 123 on HOST", or "another process" where that cannot be told.</summary>
    public static string HolderOf(string path)
    {
        var signature = Read(path);
        return signature == Us ? "this process"
            : signature?.Split(' ') is [var id, var machine, _] && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                ? $"process {id}{(machine == Environment.MachineName ? "" : $" on {machine}")}"
            : "another process";
    }

    /// <summary>Gives the right back; the file is empty again.</summary>
    public void Dispose()
    {
        if (_file.CanWrite)
        {
            Sign(_file, "");
        }

        _file.Dispose();
    }

    // Ids of processes are the same in several containers, times of their start hardly.
    private static string Signature()
    {
        using var process = Process.GetCurrentProcess();
        return string.Create(CultureInfo.InvariantCulture, $"{process.Id} {Environment.MachineName} {process.StartTime.ToUniversalTime().Ticks}");
    }

    private static bool IsTaken(IOException failure) => Taken.Contains(failure.HResult & 0xFFFF);

    // Who cannot write on a full disk has the right all the same; only his id cannot be told.
    private static void Sign(FileStream file, string signature)
    {
        try
        {
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(signature));
        }
        catch (IOException)
        {
        }
    }

    private static string? Read(string path)
    {
        try
        {
            using var file = OpenUnlocked(path);
            var bytes = new byte[LongestSignature];
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    // On Unix .NET locks whatever it opens, which fails where another has the lock.
    private static FileStream OpenUnlocked(string path) => OperatingSystem.IsWindows()
        ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
        : new FileStream(Open(path, ReadOnly), FileAccess.Read, bufferSize: 0);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags);
}
