using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Spectre.Console;
using static TorchSharp.torch;

namespace Plasticity.Runs;

/// <summary>Makes the runs that are not there yet, some side by side, each on one thread.</summary>
/// <param name="store">Where runs are.</param>
/// <param name="workers">How many at a time.</param>
internal sealed class CellQueue(RunStore store, int workers)
{
    /// <summary>Makes what is missing; what is done stays if it is interrupted.</summary>
    /// <param name="cells">All that is wanted.</param>
    /// <param name="cancellationToken">Ends the work between two steps.</param>
    /// <returns>The runs, in the order of the cells.</returns>
    public IReadOnlyList<RunRecord> Complete(IReadOnlyList<Cell> cells, CancellationToken cancellationToken)
    {
        set_num_threads(1); // tensors as small as these are computed sooner than threads meet
        var missing = new ConcurrentQueue<Cell>(cells.DistinctBy(cell => cell.FileName, StringComparer.Ordinal).Where(cell => !store.Has(cell)));
        if (!missing.IsEmpty)
        {
            AnsiConsole.Progress().HideCompleted(true)
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .Start(context => Complete(missing, context, cancellationToken));
        }

        return [.. cells.Select(store.Read)];
    }

    private void Complete(ConcurrentQueue<Cell> missing, ProgressContext context, CancellationToken cancellationToken)
    {
        var all = context.AddTask($"{missing.Count} runs", maxValue: missing.Count);
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ExceptionDispatchInfo? failure = null;
        var threads = Enumerable.Range(0, Math.Min(workers, missing.Count)).Select(_ => new Thread(() =>
        {
            try
            {
                while (!failing.IsCancellationRequested && missing.TryDequeue(out var cell))
                {
                    Make(cell, context, failing.Token);
                    all.Increment(1);
                }
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
                failing.Cancel();
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        cancellationToken.ThrowIfCancellationRequested();
        failure?.Throw();
    }

    private void Make(Cell cell, ProgressContext context, CancellationToken cancellationToken)
    {
        var bar = context.AddTask(Markup.Escape($"{cell.Problem.Name}, {cell.Optimizer.Name}, {cell.Policy.Name}, seed {cell.Seed}"), maxValue: cell.Tasks);
        try
        {
            store.Write(cell, cell.Run(new Relay(done => bar.Value = done), cancellationToken));
        }
        finally
        {
            bar.StopTask();
        }
    }

    private sealed class Relay(Action<int> tell) : IProgress<int>
    {
        public void Report(int value) => tell(value);
    }
}
