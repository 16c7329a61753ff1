using PaperCurves.Pretraining;
using Zapping.Datasets;

namespace PaperCurves.Sweeps;

/// <summary>How far a sweep is, for people; other processes may be at work on it meanwhile.</summary>
/// <param name="Cells">Each cell, networks among them.</param>
public sealed record SweepStatus(IReadOnlyList<CellStatus> Cells)
{
    /// <summary>Name of the column of pre-training, among those of transfers.</summary>
    public const string Pretraining = "pre-training";

    /// <summary>Seconds that went into the cells that are done.</summary>
    public double SecondsUsed => Cells.Sum(cell => cell.Seconds ?? 0);

    /// <summary>
    /// Seconds of one process for the cells that are not done, each taken to last as long as the mean of its kind; cells of
    /// a kind of which none is done are not in it.
    /// </summary>
    public double SecondsLeft => Pending.Sum(cell => MeanSeconds.GetValueOrDefault(cell.Kind));

    /// <summary>Cells of whose kind none is done, so that nobody knows how long they take.</summary>
    public int Unknown => Pending.Count(cell => !MeanSeconds.ContainsKey(cell.Kind));

    private IEnumerable<CellStatus> Pending => Cells.Where(cell => cell.State != CellState.Done);

    private Dictionary<string, double> MeanSeconds { get; } = Cells
        .Where(cell => cell.Seconds is not null)
        .GroupBy(cell => cell.Kind, StringComparer.Ordinal)
        .ToDictionary(kind => kind.Key, kind => kind.Average(cell => cell.Seconds!.Value), StringComparer.Ordinal);

    /// <summary>Looks at every cell. Nothing is written, and checkpoints need not have been kept.</summary>
    /// <exception cref="DataException">What is there cannot be used.</exception>
    public static SweepStatus Of(SweepCells cells, ISweepResults results)
    {
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(results);
        return new SweepStatus([.. cells.Networks.Select(cell => Of(cell, results)), .. cells.Transfers.Select(cell => Of(cell, results))]);
    }

    private static CellStatus Of(NetworkCell cell, ISweepResults results)
    {
        var seconds = results.FindRecord(cell)?.Result.Seconds;
        return new CellStatus(
            cell.Id, Pretraining, cell.Plan.Method.Key(), State(cell.Id, seconds, seconds is null && results.IsTaken(cell.Id), results), seconds);
    }

    private static CellStatus Of(TransferCell cell, ISweepResults results)
    {
        var seconds = results.Find(cell)?.Seconds;
        return new CellStatus(
            cell.Network.Id, cell.Transfer, $"{cell.Transfer} {cell.Pool}", State(cell.Id, seconds, seconds is null && results.IsTaken(cell.Id), results), seconds);
    }

    private static CellState State(string id, double? seconds, bool taken, ISweepResults results)
    {
        if (seconds is not null)
        {
            return CellState.Done;
        }

        return taken ? CellState.Running : results.FindFailure(id) is null ? CellState.Missing : CellState.Failed;
    }
}

/// <summary>How far one cell is.</summary>
/// <param name="Network">Id of the network that it is, or transfers.</param>
/// <param name="Column">Name of the transfer, or <see cref="SweepStatus.Pretraining"/>.</param>
/// <param name="Kind">Cells of one kind take about as long as each other.</param>
/// <param name="State">How far it is.</param>
/// <param name="Seconds">How long it took; null if it is not done.</param>
public sealed record CellStatus(string Network, string Column, string Kind, CellState State, double? Seconds);

/// <summary>How far a cell is.</summary>
public enum CellState
{
    /// <summary>Its result is there.</summary>
    Done,

    /// <summary>A process is at work on it.</summary>
    Running,

    /// <summary>The last attempt failed; the next run tries again.</summary>
    Failed,

    /// <summary>Nobody has begun, or who had is gone.</summary>
    Missing,
}
