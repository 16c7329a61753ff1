using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Report.Text;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Claims;

/// <summary>One rule of a claim, held against what was measured.</summary>
internal abstract record Check
{
    public abstract Evidence Judge(ReportData report, RateSelection selection);

    /// <summary>A finding: all reasons why a criterion is missed, or that it is met.</summary>
    protected static (Outcome Outcome, string Finding) Weigh(string met, params IEnumerable<string?> faults)
    {
        var found = faults.OfType<string>().ToList();
        return found.Count == 0 ? (Outcome.Pass, met) : (Outcome.Miss, string.Join("; ", found));
    }
}

/// <summary>
/// A check of two samples, the first of which belongs to the network that should do better, on the seeds and trials that both have.
/// </summary>
/// <param name="Measure">What is compared.</param>
/// <param name="First">The network that should be higher, or close.</param>
/// <param name="Second">The other.</param>
internal abstract record PairCheck(Measure Measure, Pretrained First, Pretrained Second) : Check
{
    /// <inheritdoc/>
    public override Evidence Judge(ReportData report, RateSelection selection)
    {
        var (first, second) = (Measure.Of(report, selection, First), Measure.Of(report, selection, Second));
        var ours = first is null && second is null ? "–" : $"{Numbers.Of(first)} against {Numbers.Of(second)}";
        return (first, second) switch
        {
            (null, null) => NotRun(ours, "neither was measured"),
            (null, _) => NotRun(ours, $"{First.Title} was not measured"),
            (_, null) => NotRun(ours, $"{Second.Title} was not measured"),
            _ when Sample.OnSharedRuns(first, second) is [var a, var b] => Weighed(a, b),
            _ => NotRun(ours, "no seed and trial has both"),
        };
    }

    private Evidence Weighed(Sample first, Sample second)
    {
        var (outcome, finding) = Rule(first, second);
        return Seen($"{Numbers.Of(first)} against {Numbers.Of(second)}", Comparison.Of(first, second), outcome, finding);
    }

    private Evidence NotRun(string ours, string finding) => Seen(ours, null, Outcome.NotRun, finding);

    private Evidence Seen(string ours, Comparison? comparison, Outcome outcome, string finding) =>
        new($"{Measure.Title}: {First.Title} against {Second.Title}", PublishedPair(), ours, comparison, outcome, finding);

    protected abstract (Outcome Outcome, string Finding) Rule(Sample first, Sample second);

    private string PublishedPair()
    {
        var (first, second) = (Measure.Published(First), Measure.Published(Second));
        return first is null || second is null
            ? "–"
            : $"{Numbers.Percent(first)} against {Numbers.Percent(second)} ({Numbers.Gap(first - second)})";
    }
}
