using System.Diagnostics;
using System.Globalization;
using PaperCurves.Progress;
using Zapping.CommandLine;

namespace PaperCurves.Sweeps;

/// <summary>
/// Makes what is missing of a sweep, cell by cell. Several runners, in as many processes, share a folder: each takes what
/// nobody is at work on, and comes back at the end to what others held.
/// </summary>
/// <param name="cells">What there is to make.</param>
/// <param name="store">Where it belongs.</param>
/// <param name="work">Who makes it.</param>
/// <param name="reporter">Where to tell how far it is.</param>
/// <param name="title">Name of the whole, for its progress.</param>
public sealed class SweepRunner(SweepCells cells, CellStore store, ICellExecutor work, IProgressReporter reporter, string title = "sweep")
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private readonly List<CellFailure> _failures = [];
    private readonly HashSet<string> _missingNetworks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _failedNetworks = new(StringComparer.Ordinal);
    private int _made;
    private bool _waits;

    /// <summary>Makes all cells that are missing. One that fails costs itself, and what needs it.</summary>
    /// <exception cref="SweepException">What is there already cannot be used, or no cell fits the limits.</exception>
    /// <exception cref="OperationCanceledException">Stopped between two steps; everything finished is kept.</exception>
    public SweepOutcome Run(SweepLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var jobs = SweepJob.Of(cells, limits.Only);
        if (jobs.Count == 0)
        {
            throw new SweepException($"no cell has an id that fits '{limits.Only}'; one is '{SweepJob.Of(cells, "*")[^1].Id}'");
        }

        EnsureUsable(jobs);
        var left = jobs.Where(job => !IsDone(job)).ToList();
        _missingNetworks.UnionWith(left.Where(IsNetwork).Select(job => job.Id));
        if (left.Count < jobs.Count)
        {
            reporter.Say(string.Create(CultureInfo.InvariantCulture, $"In {store.Folder} {jobs.Count - left.Count} of {jobs.Count} cells are there already and stay; the others are made."));
        }

        using var line = reporter.Begin(title, jobs.Count, "cells", jobs.Count - left.Count);
        while (left.Count > 0 && !IsOver(limits))
        {
            var others = left.Where(job => IsOver(limits) || !Attempt(job, line, cancellationToken)).ToList();
            if (others.Count == left.Count)
            {
                SayWhoIsWaitedFor(others);
                cancellationToken.WaitHandle.WaitOne(LookAgain);
                cancellationToken.ThrowIfCancellationRequested();
            }

            left = others;
        }

        return new SweepOutcome(_made, _failures, left.Count);
    }

    // All that is there is looked at before anything is written. A limited run must not mix a folder either.
    private void EnsureUsable(IReadOnlyList<SweepJob> jobs)
    {
        var asked = jobs.Select(job => job.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var cell in cells.Networks)
        {
            store.FindRecord(cell);
            if (asked.Contains(cell.Id))
            {
                EnsureUsableIfFree(cell);
            }
        }

        foreach (var cell in cells.Transfers)
        {
            store.Find(cell);
        }
    }

    // Who trains a network replaces its checkpoints, and may begin while they are looked at here.
    private void EnsureUsableIfFree(NetworkCell cell)
    {
        try
        {
            if (!store.IsTaken(cell.Id))
            {
                store.Find(cell);
            }
        }
        catch (SweepException) when (store.IsTaken(cell.Id))
        {
        }
    }

    private void SayWhoIsWaitedFor(List<SweepJob> others)
    {
        if (!_waits && others.Select(job => job.Id).Append(others[0].Network.Id).FirstOrDefault(store.IsTaken) is { } taken)
        {
            _waits = true;
            reporter.Say(string.Create(CultureInfo.InvariantCulture, $"Waiting for {others.Count} cells that others make, such as {taken}: {store.HolderOf(taken)} is at work on it."));
        }
    }

    private static bool IsNetwork(SweepJob job) => job.Id == job.Network.Id;

    private bool IsOver(SweepLimits limits) => _elapsed.Elapsed >= limits.Time || (limits.StopAtFailure && _failures.Count > 0);

    // Results appear whole. The checkpoints of a network that somebody is training come and go, so it is looked at under a claim.
    private bool IsDone(SweepJob job)
    {
        if (!IsNetwork(job))
        {
            return job.IsDone(store);
        }

        using var claim = store.Claim(job.Id);
        return claim is not null && job.IsDone(store);
    }

    /// <returns>Whether the job is settled: done by whomever, or failed. Otherwise somebody else is at work on it, or on its network.</returns>
    private bool Attempt(SweepJob job, IProgressLine line, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_failedNetworks.Contains(job.Network.Id))
        {
            _failures.Add(new CellFailure(job.Id, $"its network {job.Network.Id} could not be made"));
            return true;
        }

        if (!IsNetwork(job) && _missingNetworks.Contains(job.Network.Id))
        {
            return false;
        }

        using var claim = store.Claim(job.Id);
        if (claim is null)
        {
            return false;
        }

        if (job.IsDone(store) || TryDo(job, cancellationToken))
        {
            _missingNetworks.Remove(job.Id);
            line.Advance(1);
        }

        return true;
    }

    private bool TryDo(SweepJob job, CancellationToken cancellationToken)
    {
        try
        {
            job.Do(work, store, reporter, cancellationToken);
            store.ForgetFailure(job.Id);
            _made++;
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            store.SaveFailure(job.Id, failure);
            _failures.Add(new CellFailure(job.Id, Failure.Reason(failure), failure));
            if (IsNetwork(job))
            {
                _failedNetworks.Add(job.Id);
            }

            return false;
        }
    }
}
