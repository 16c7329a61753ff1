using PaperCurves.Sweeps;

namespace PaperCurves.Report.Html.Claims;

/// <summary>One rule of a claim, held against what was measured.</summary>
internal abstract record Check
{
    public abstract Evidence Judge(Study study, RateSelection selection);

    /// <summary>A finding: all reasons why a criterion is missed, or that it is met.</summary>
    protected static (Outcome Outcome, string Finding) Weigh(string met, params IEnumerable<string?> faults)
    {
        var found = faults.OfType<string>().ToList();
        return found.Count == 0 ? (Outcome.Pass, met) : (Outcome.Miss, string.Join("; ", found));
    }
}

/// <summary>A check of two samples, the first of which belongs to the network that should do better.</summary>
/// <param name="Measure">What is compared.</param>
/// <param name="First">The network that should be higher, or close.</param>
/// <param name="Second">The other.</param>
internal abstract record PairCheck(Measure Measure, Pretrained First, Pretrained Second) : Check
{
    /// <inheritdoc/>
    public override Evidence Judge(Study study, RateSelection selection)
    {
        var (first, second) = (Measure.Of(study, selection, First), Measure.Of(study, selection, Second));
        var comparison = first is null || second is null ? null : Comparison.Of(first, second);
        var (outcome, finding) = (first, second) switch
        {
            (null, null) => (Outcome.NotRun, "neither was measured"),
            (null, _) => (Outcome.NotRun, $"{First.Title} was not measured"),
            (_, null) => (Outcome.NotRun, $"{Second.Title} was not measured"),
            _ => Rule(first, second),
        };
        return new Evidence(
            $"{Measure.Title}: {First.Title} against {Second.Title}",
            PublishedPair(),
            first is null && second is null ? "–" : $"{Numbers.Of(first)} against {Numbers.Of(second)}",
            comparison,
            outcome,
            finding);
    }

    protected abstract (Outcome Outcome, string Finding) Rule(Sample first, Sample second);

    private string PublishedPair()
    {
        var (first, second) = (Measure.Published(First), Measure.Published(Second));
        return first is null || second is null
            ? "–"
            : $"{Numbers.Percent(first)} against {Numbers.Percent(second)} ({Numbers.Gap(first - second)})";
    }
}
