using PaperCurves.Pretraining;
using PaperCurves.Sweeps;
using Zapping.Datasets;

namespace PaperCurves.Report.Html;

/// <summary>Gathers what a report says of a sweep, finished or not.</summary>
public static class SweepReport
{
    /// <summary>Reads the results that there are.</summary>
    /// <param name="cells">What was planned.</param>
    /// <param name="store">Where results are.</param>
    /// <exception cref="DataException">There is no result, or one is damaged, of another version or of other settings.</exception>
    public static ReportInput InputOf(SweepCells cells, CellStore store)
    {
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(store);
        var found = cells.Transfers.Select(cell => (cell.Id, Result: store.Find(cell))).ToList();
        var results = found.Select(cell => cell.Result).OfType<CellResult>().ToList();
        if (results.Count == 0)
        {
            throw new SweepException($"{store.Folder}: there are no results to report yet");
        }

        return new ReportInput(
            results,
            Selection.Curves(results, RateSelection.Oracle),
            Selection.Curves(results, RateSelection.Validation),
            [.. cells.Networks.Select(cell => Network(cell, store)).OfType<NetworkRecord>()],
            [.. found.Where(cell => cell.Result is null).Select(cell => new PlannedCell(cell.Id, WhyMissing(cell.Id, store)))],
            Deviations.Of(results));
    }

    // From the small files beside the checkpoints, so that a report can be made where those have not been kept.
    private static NetworkRecord? Network(NetworkCell cell, CellStore store)
    {
        if (store.FindRecord(cell) is not { } record)
        {
            return null;
        }

        var steps = Path.Combine(store.NetworkFolder(cell), PretrainingRun.StepsFile);
        return new NetworkRecord(
            cell.Network, cell.Plan.Seed, cell.Plan, record.Result, File.Exists(steps) ? StepLog.Read(steps) : [], record.Circumstances);
    }

    private static string WhyMissing(string id, CellStore store) =>
        store.FindFailure(id)?.Split(Environment.NewLine)[0] is { } failure ? $"failed: {failure}" : "not run";
}
