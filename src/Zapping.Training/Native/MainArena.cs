using System.Globalization;
using System.Runtime.InteropServices;

namespace Zapping.Training.Native;

/// <summary>
/// The arena of glibc's allocator that grows in one piece, whatever the size of its blocks. All others are chains of heaps of at most 64 MiB: a larger
/// block of theirs is mapped, touched page by page and unmapped each time, whatever the thresholds. The first thread of a process has the main arena; the
/// runtime's pool and threads that are started later usually have others.
/// </summary>
internal static unsafe class MainArena
{
    private const int BlockSize = 1 << 16; // too large for a thread's cache of freed blocks, and too small to be mapped

    private static readonly Lazy<bool> IsGlibc = new(LooksLikeGlibc);

    /// <summary>Whether blocks that this thread asks for come from the main arena; null where the allocator is not glibc's.</summary>
    public static bool? ServesThisThread()
    {
        if (!IsGlibc.Value)
        {
            return null;
        }

        var block = NativeMemory.Alloc(BlockSize);
        try
        {
            return IsInHeap((ulong)block);
        }
        finally
        {
            NativeMemory.Free(block);
        }
    }

    // The kernel's name for what grows by brk, which only the main arena does.
    private static bool IsInHeap(ulong address)
    {
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            if (!line.EndsWith("[heap]", StringComparison.Ordinal))
            {
                continue;
            }

            var range = line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal));
            var dash = range.IndexOf('-');
            if (address >= ulong.Parse(range[..dash], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                && address < ulong.Parse(range[(dash + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            {
                return true;
            }
        }

        return false;
    }

    // Another allocator may have taken the place of malloc (LD_PRELOAD).
    private static bool LooksLikeGlibc() =>
        OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad("libc.so.6", out var library)
        && NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _)
        && NativeLibrary.TryGetExport(library, "malloc", out var ofLibrary)
        && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "malloc", out var inUse)
        && ofLibrary == inUse;
}
