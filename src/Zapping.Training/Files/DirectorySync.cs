using System.Runtime.InteropServices;

namespace Zapping.Training.Files;

/// <summary>
/// Makes new names survive a power cut. On Unix a file's own flush does not cover the entry in its directory, and .NET
/// has no call for that; Windows needs none.
/// </summary>
internal static partial class DirectorySync
{
    private const int ReadOnly = 0;

    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
        {
            return; // as good as it gets on a file system whose directories cannot be opened
        }

        _ = Flush(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
