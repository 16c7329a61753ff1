using System.Runtime.InteropServices;

namespace Zapping.Training;

/// <summary>
/// Tells glibc's allocator, which libtorch takes its memory on the CPU from, to keep large blocks instead of giving them
/// back after each step: a training step asks for the same blocks again and again, and fresh ones cost a page fault
/// every 4 KiB, up to half of the time. Every trainer sees to it, once a process; a loop of your own says
/// <see cref="KeepLargeBlocks"/> before its first tensor. Where the C library is not glibc, nothing happens.
/// <para>
/// The process then keeps its peak of memory until it ends, and that peak is somewhat higher (docs/performance.md has
/// figures). To switch it off, set the environment variable <see cref="VariableName"/> to 0, or the
/// <see cref="AppContext"/> switch <see cref="SwitchName"/> to false, for example in the project file:
/// <c>&lt;RuntimeHostConfigurationOption Include="Zapping.Training.KeepLargeBlocks" Value="false" /&gt;</c>. It is off, too,
/// where the environment has settings of its own for glibc's allocator.
/// </para>
/// </summary>
/// <threadsafety>May be called from any thread, any number of times.</threadsafety>
public static partial class NativeAllocator
{
    /// <summary>The AppContext switch; default true.</summary>
    public const string SwitchName = "Zapping.Training.KeepLargeBlocks";

    /// <summary>The environment variable; 0 or false for off.</summary>
    public const string VariableName = "ZAPPING_KEEP_LARGE_BLOCKS";

    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;

    private static readonly string[] MallocVariables = ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_"];

    private static readonly Lazy<bool> Kept = new(() => IsWanted(Environment.GetEnvironmentVariable) && Apply());

    /// <summary>Sees to it that large blocks are kept from now on, unless that is switched off.</summary>
    /// <returns>Whether they are.</returns>
    public static bool KeepLargeBlocks() => Kept.Value;

    /// <summary>Whether neither the switch nor the environment says otherwise.</summary>
    internal static bool IsWanted(Func<string, string?> environment)
    {
        var isOff = environment(VariableName) is { } asked
            ? asked is "0" or "false"
            : AppContext.TryGetSwitch(SwitchName, out var isOn) && !isOn;
        return !isOff
            && !MallocVariables.Any(name => environment(name) is not null)
            && environment("GLIBC_TUNABLES")?.Contains("glibc.malloc", StringComparison.Ordinal) is not true;
    }

    private static bool Apply()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            return SetOption(MmapThreshold, 1 << 30) != 0 & SetOption(TrimThreshold, int.MaxValue) != 0;
        }
        catch (Exception missing) when (missing is EntryPointNotFoundException or DllNotFoundException)
        {
            return false; // another C library
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetOption(int parameter, int value);
}
