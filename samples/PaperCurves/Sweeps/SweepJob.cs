using PaperCurves.Progress;

namespace PaperCurves.Sweeps;

/// <summary>A cell as something to do.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Network">The network that it is, or needs.</param>
internal abstract record SweepJob(string Id, NetworkCell Network)
{
    /// <summary>Whether it has been done, by whomever. Of networks, asked only by who holds the claim.</summary>
    public abstract bool IsDone(CellStore store);

    /// <summary>Does it.</summary>
    public abstract void Do(ICellExecutor work, CellStore store, IProgressReporter reporter, CancellationToken cancellationToken);

    /// <summary>
    /// The cells that a pattern names, each network before its transfers, and the networks that these need. A network that is
    /// transferred, and not among those to make, is there already.
    /// </summary>
    /// <param name="cells">All cells.</param>
    /// <param name="pattern">Of ids; '*' stands for anything.</param>
    public static IReadOnlyList<SweepJob> Of(SweepCells cells, string pattern)
    {
        var transfers = cells.Transfers.Where(cell => Matches(cell.Id)).ToLookup(cell => cell.Network.Id, StringComparer.Ordinal);
        return
        [
            .. from network in cells.Networks.Union(cells.Transfers.Select(cell => cell.Network))
               where Matches(network.Id) || transfers.Contains(network.Id)
               let jobs = transfers[network.Id].Select(cell => (SweepJob)new TransferJob(cell))
               from job in cells.Networks.Contains(network) ? jobs.Prepend(new NetworkJob(network)) : jobs
               select job,
        ];

        bool Matches(string id) => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, id, ignoreCase: false);
    }

    private sealed record NetworkJob(NetworkCell Cell) : SweepJob(Cell.Id, Cell)
    {
        public override bool IsDone(CellStore store) => store.Find(Cell) is not null && store.FindRecord(Cell) is not null;

        public override void Do(ICellExecutor work, CellStore store, IProgressReporter reporter, CancellationToken cancellationToken)
        {
            var folder = store.NetworkFolder(Cell);
            Directory.CreateDirectory(folder);
            work.Pretrain(Cell, folder, reporter, cancellationToken);
            if (!IsDone(store))
            {
                throw new SweepException($"{folder}: pre-training has left no finished network");
            }
        }
    }

    private sealed record TransferJob(TransferCell Cell) : SweepJob(Cell.Id, Cell.Network)
    {
        public override bool IsDone(CellStore store) => store.Find(Cell) is not null;

        public override void Do(ICellExecutor work, CellStore store, IProgressReporter reporter, CancellationToken cancellationToken) =>
            store.Save(Cell, work.Transfer(Cell, store.NetworkFolder(Cell.Network), reporter, cancellationToken));
    }
}
