using System.Runtime.InteropServices;

namespace PaperCurves.Experiments;

/// <summary>
/// Tells the C library to keep large blocks instead of giving them back after each step: a training step asks for
/// the same blocks again and again, and fresh ones cost a page fault every 4 KiB - up to half of the time. Does
/// nothing where the C library is not glibc.
/// </summary>
internal static partial class NativeMemory
{
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapThreshold = -3;

    /// <summary>Call before the first tensor.</summary>
    public static void KeepLargeBlocks()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = SetOption(MmapThreshold, 1 << 30);
            _ = SetOption(TrimThreshold, int.MaxValue);
            _ = SetOption(TopPad, 64 << 20);
        }
        catch (EntryPointNotFoundException)
        {
            // another C library: training is only slower
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetOption(int parameter, int value);
}
