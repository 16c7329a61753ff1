namespace Zapping.Training.Benchmarks;

/// <summary>A Python that has torch, and the scripts beside this program.</summary>
/// <param name="python">The interpreter.</param>
internal sealed class PyTorch(string python)
{
    // What our app does by itself: glibc's allocator told to keep large blocks, which PyTorch gains from as much.
    private static readonly (string Key, string Value)[] KeepLargeBlocks =
    [
        ("MALLOC_MMAP_THRESHOLD_", "1073741824"), ("MALLOC_TRIM_THRESHOLD_", "2147483647"),
    ];

    /// <summary>The allocators that ours, which keeps large blocks, is compared with.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<(string Key, string Value)> Environment)> Allocators { get; } =
        [("as they come", []), ("both keep large blocks", KeepLargeBlocks)];

    /// <summary>Runs a script.</summary>
    /// <param name="script">Its file name.</param>
    /// <param name="arguments">Its options.</param>
    /// <param name="environment">Added to that of this process.</param>
    /// <returns>What it printed.</returns>
    public string Run(string script, string[] arguments, IReadOnlyList<(string Key, string Value)> environment) =>
        ChildProcess.Run(python, [Path.Combine(AppContext.BaseDirectory, "Compare", script), .. arguments], environment);
}
