using System.Runtime.ExceptionServices;

namespace Zapping.Datasets;

/// <summary>A loop over all cores that reports progress and fails with the exception itself, not a bundle.</summary>
internal static class ParallelWork
{
    /// <param name="count">Number of items.</param>
    /// <param name="body">Called once per item from any thread.</param>
    /// <param name="progress">Told the share that is done, 0..1, rising, a hundred times at most.</param>
    /// <param name="cancellationToken">Ends the loop after the items that have begun.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void For(
        int count, Action<int> body, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var gate = new Lock();
        var done = 0;
        var options = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = Environment.ProcessorCount,
        };
        try
        {
            Parallel.For(0, count, options, index =>
            {
                body(index);
                var now = Interlocked.Increment(ref done);
                if (progress is not null && now * 100L / count != (now - 1) * 100L / count)
                {
                    Report(gate, ref done, count, progress);
                }
            });
        }
        catch (AggregateException bundle)
        {
            ExceptionDispatchInfo.Throw(bundle.Flatten().InnerExceptions[0]);
        }
    }

    private static void Report(Lock gate, ref int done, int count, IProgress<double> progress)
    {
        // Read inside the lock: otherwise a slower thread could report a smaller share after a larger one.
        lock (gate)
        {
            progress.Report((double)Volatile.Read(ref done) / count);
        }
    }
}
