using BenchmarkDotNet.Attributes;

namespace Zapping.Training.Benchmarks;

/// <summary>When a measured piece of work counts as done.</summary>
public enum Until
{
    /// <summary>The call has returned; a GPU may not have begun.</summary>
    Enqueued,

    /// <summary>The device has done it.</summary>
    Done,
}

/// <summary>
/// A benchmark whose device may be a GPU. There it runs twice, until enqueued, which is all that a training loop waits
/// for, and until done; on a CPU they are the same.
/// </summary>
[MemoryDiagnoser]
public abstract class DeviceBenchmark
{
    [ParamsSource(nameof(Ends))]
    public Until Until { get; set; }

    public static IEnumerable<Until> Ends => Machine.IsCuda ? [Until.Enqueued, Until.Done] : [Until.Done];

    /// <summary>Does something until then.</summary>
    protected void Do(Action work)
    {
        work();
        if (Until == Until.Done)
        {
            Machine.Wait();
        }
    }
}
