using PaperCurves.Report.Data;
using PaperCurves.Sweeps;
using Zapping.Datasets;

namespace PaperCurves.Report;

/// <summary>Gathers what a report says of a sweep, finished or not.</summary>
public static class SweepReport
{
    /// <summary>Reads the results that there are.</summary>
    /// <param name="cells">What was planned.</param>
    /// <param name="from">Where results are.</param>
    /// <exception cref="DataException">There is no result, or one is damaged, of another version or of other settings.</exception>
    public static ReportInput InputOf(SweepCells cells, ISweepResults from)
    {
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(from);
        var found = cells.Transfers.Select(cell => (cell.Id, Result: from.Find(cell))).ToList();
        var results = found.Select(cell => cell.Result).OfType<CellResult>().ToList();
        if (results.Count == 0)
        {
            throw new SweepException($"{from.Folder}: there are no results to report yet");
        }

        return new ReportInput(
            results,
            Selection.Curves(results, RateSelection.Oracle),
            Selection.Curves(results, RateSelection.Validation),
            [.. cells.Networks.Select(cell => Network(cell, from)).OfType<NetworkRecord>()],
            [.. found.Where(cell => cell.Result is null).Select(cell => new PlannedCell(cell.Id, WhyMissing(cell.Id, from)))],
            Deviations.Of(results));
    }

    // From records and logs, so that a report can be made where checkpoints have not been kept.
    private static NetworkRecord? Network(NetworkCell cell, ISweepResults from) => from.FindRecord(cell) is { } record
        ? new NetworkRecord(cell.Network, cell.Plan.Seed, cell.Plan, record.Result, from.StepsOf(cell), record.Circumstances)
        : null;

    private static string WhyMissing(string id, ISweepResults from) =>
        from.FindFailure(id)?.Split(Environment.NewLine)[0] is { } failure ? $"failed: {failure}" : "not run";
}
