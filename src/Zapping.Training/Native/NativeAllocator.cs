using System.Runtime.InteropServices;

namespace Zapping.Training.Native;

/// <summary>
/// Tells glibc's allocator, which libtorch takes its memory on the CPU from, to keep large blocks instead of giving them
/// back after each step: a training step asks for the same blocks again and again, and fresh ones cost a page fault
/// every 4 KiB, up to half of the time. Every trainer sees to it, once a process; a loop of your own says
/// <see cref="KeepLargeBlocks"/> before its first tensor. Where the C library is not glibc, nothing happens.
/// <para>
/// glibc keeps blocks of more than 64 MiB (256 images of 128 filters at 26 x 26 are 89 MB) for threads of its main arena only. The first thread of the process,
/// that of <c>Main</c>, is one; threads of the pool, where hosted services, ASP.NET and <c>Task.Run</c> work, usually are none. A trainer on such a thread says so
/// in its log. Train by <see cref="RunAsync{TResult}"/> there, or start the process with <c>MALLOC_ARENA_MAX=1</c> in its environment, which gives all threads the main arena.
/// </para>
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

    /// <summary>More than any process has arenas: eight for each processor.</summary>
    private const int MostCandidates = 256;

    private const int ArenaMax = -8;
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;

    private static readonly string[] MallocVariables = ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_"];

    private static readonly Lazy<bool> Kept = new(() => IsWanted(Environment.GetEnvironmentVariable) && Apply());

    /// <summary>Sees to it that large blocks are kept from now on, unless that is switched off.</summary>
    /// <returns>Whether they are.</returns>
    public static bool KeepLargeBlocks() => Kept.Value;

    /// <summary>
    /// Runs work on a thread of its own, for which large blocks are kept whatever their size. A host trains by it:
    /// <c>await NativeAllocator.RunAsync(() =&gt; trainer.Fit(stream))</c>.
    /// </summary>
    /// <typeparam name="TResult">Of the result.</typeparam>
    /// <param name="work">What is done; it must not wait for itself, and should take a cancellation token if it is long.</param>
    /// <returns>The result, or the exception that the work has thrown.</returns>
    /// <remarks>
    /// With glibc, threads are started until one has the main arena, and from then on new threads of the process share its arenas (<c>M_ARENA_MAX</c>). Where there is no such
    /// thread to be had, where it is switched off, and where the C library is another one, any thread of its own does the work.
    /// </remarks>
    public static Task<TResult> RunAsync<TResult>(Func<TResult> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var result = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        StartOnMainArena(() =>
        {
            try
            {
                result.SetResult(work());
            }
            catch (OperationCanceledException canceled)
            {
                result.SetCanceled(canceled.CancellationToken);
            }
            catch (Exception failure)
            {
                result.SetException(failure);
            }
        });
        return result.Task;
    }

    /// <inheritdoc cref="RunAsync{TResult}"/>
    public static Task RunAsync(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return RunAsync(() =>
        {
            work();
            return true;
        });
    }

    /// <summary>Whether large blocks are to be kept and this thread's are not.</summary>
    internal static bool IsInVainHere => KeepLargeBlocks() && MainArena.ServesThisThread() == false;

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

    // A thread that has ended leaves its arena to the next one, so those that have another one wait until the search is over.
    private static void StartOnMainArena(Action work)
    {
        using var searched = new ManualResetEventSlim();
        var isSearched = KeepLargeBlocks() && MainArena.ServesThisThread() is not null && SetOption(ArenaMax, 1) != 0;
        var candidates = new List<Thread>();
        for (var isFound = false; !isFound;)
        {
            var isLast = !isSearched || candidates.Count == MostCandidates - 1;
            using var looked = new ManualResetEventSlim();
            var candidate = new Thread(() =>
            {
                isFound = isLast || MainArena.ServesThisThread() == true;
                var isChosen = isFound;
                looked.Set();
                if (isChosen)
                {
                    work();
                }
                else
                {
                    searched.Wait();
                }
            })
            { IsBackground = true, Name = "Zapping.Training" };
            candidate.Start();
            looked.Wait();
            if (!isFound)
            {
                candidates.Add(candidate);
            }
        }

        searched.Set();
        candidates.ForEach(candidate => candidate.Join());
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
