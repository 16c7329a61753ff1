using PaperCurves.Pretraining;
using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Report.Text;
using PaperCurves.Sweeps;
using static System.FormattableString;

namespace PaperCurves.Report.Claims;

/// <summary>The more rows are zapped in i.i.d. pre-training, the better, on the seeds and trials that all sizes have.</summary>
/// <param name="Measure">What is compared.</param>
/// <param name="Rows">Numbers of rows, ascending.</param>
internal sealed record MonotoneCheck(Measure Measure, IReadOnlyList<int> Rows) : Check
{
    /// <inheritdoc/>
    public override Evidence Judge(ReportData report, RateSelection selection)
    {
        var samples = Rows.Select(rows => Measure.Of(report, selection, OfRows(rows))).ToList();
        return samples.Contains(null)
            ? Seen(samples, null, Outcome.NotRun, $"not measured: {string.Join(", ", Rows.Where((_, i) => samples[i] is null).Select(rows => Invariant($"{rows}")))} rows")
            : Sample.OnSharedRuns([.. samples.OfType<Sample>()]) is { } shared
                ? Weighed(shared)
                : Seen(samples, null, Outcome.NotRun, "no seed and trial has them all");
    }

    private Evidence Weighed(IReadOnlyList<Sample> samples)
    {
        var (outcome, finding) = Weigh("every mean is above the one before", Faults(samples));
        return Seen(samples, Comparison.Of(samples[^1], samples[0]), outcome, finding);
    }

    private Evidence Seen(IReadOnlyList<Sample?> samples, Comparison? comparison, Outcome outcome, string finding) => new(
        Invariant($"{Measure.Title}: {string.Join(", ", Rows)} rows zapped"),
        string.Join(", ", Rows.Select(rows => Numbers.Percent(Measure.Published(OfRows(rows))))),
        string.Join("; ", samples.Select(Numbers.Of)),
        comparison,
        outcome,
        finding);

    private static Pretrained OfRows(int rows) => new(Method.Iid, rows);

    private IEnumerable<string> Faults(IReadOnlyList<Sample> samples) =>
        from i in Enumerable.Range(1, samples.Count - 1)
        where samples[i].Mean <= samples[i - 1].Mean
        select Invariant($"{Rows[i]} rows are not better than {Rows[i - 1]} ({samples[i].Mean:f1} after {samples[i - 1].Mean:f1})");
}
