using PaperCurves.Pretraining;
using PaperCurves.Sweeps;
using static System.FormattableString;

namespace PaperCurves.Report.Html.Claims;

/// <summary>The more rows are zapped in i.i.d. pre-training, the better.</summary>
/// <param name="Measure">What is compared.</param>
/// <param name="Rows">Numbers of rows, ascending.</param>
internal sealed record MonotoneCheck(Measure Measure, IReadOnlyList<int> Rows) : Check
{
    /// <inheritdoc/>
    public override Evidence Judge(Study study, RateSelection selection)
    {
        var networks = Rows.Select(rows => new Pretrained(Method.Iid, rows)).ToList();
        var samples = networks.Select(network => Measure.Of(study, selection, network)).ToList();
        var measured = samples.OfType<Sample>().ToList();
        var (outcome, finding) = measured.Count < Rows.Count
            ? (Outcome.NotRun, $"not measured: {string.Join(", ", Rows.Where((_, i) => samples[i] is null).Select(rows => Invariant($"{rows}")))} rows")
            : Weigh("every mean is above the one before", Faults(measured));
        return new Evidence(
            Invariant($"{Measure.Title}: {string.Join(", ", Rows)} rows zapped"),
            string.Join(", ", networks.Select(network => Numbers.Percent(Measure.Published(network)))),
            string.Join("; ", samples.Select(Numbers.Of)),
            measured.Count == Rows.Count ? Comparison.Of(measured[^1], measured[0]) : null,
            outcome,
            finding);
    }

    private IEnumerable<string> Faults(List<Sample> samples) =>
        from i in Enumerable.Range(1, samples.Count - 1)
        where samples[i].Mean <= samples[i - 1].Mean
        select Invariant($"{Rows[i]} rows are not better than {Rows[i - 1]} ({samples[i].Mean:f1} after {samples[i - 1].Mean:f1})");
}
