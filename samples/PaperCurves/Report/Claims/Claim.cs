using PaperCurves.Report.Data;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Claims;

/// <summary>What came of a check or a claim.</summary>
internal enum Outcome
{
    /// <summary>The criterion is met.</summary>
    Pass,

    /// <summary>It was measured and is not met.</summary>
    Miss,

    /// <summary>What it needs was not measured.</summary>
    NotRun,
}

/// <summary>One claim of the paper.</summary>
/// <param name="Id">"C1".</param>
/// <param name="Words">What is claimed.</param>
/// <param name="Criterion">When it counts as reproduced.</param>
/// <param name="Scope">Which of its checks must have been made.</param>
/// <param name="Checks">At least one.</param>
internal sealed record Claim(string Id, string Words, string Criterion, CheckScope Scope, IReadOnlyList<Check> Checks)
{
    /// <summary>Holds the claim against what was measured.</summary>
    public Verdict Judge(ReportData report, RateSelection selection)
    {
        var evidence = Checks.Select(check => check.Judge(report, selection)).ToList();
        return new Verdict(this, selection, evidence, Combine([.. evidence.Select(piece => piece.Outcome)]));
    }

    private Outcome Combine(IReadOnlyCollection<Outcome> outcomes) =>
        outcomes.Contains(Outcome.Miss) ? Outcome.Miss
        : outcomes.All(outcome => outcome == Outcome.Pass) ? Outcome.Pass
        : Scope == CheckScope.Either && outcomes.Contains(Outcome.Pass) ? Outcome.Pass
        : Outcome.NotRun;
}

/// <summary>Which checks of a claim must have been made for it to pass.</summary>
internal enum CheckScope
{
    /// <summary>All.</summary>
    Every,

    /// <summary>One is enough, as long as no other misses.</summary>
    Either,
}

/// <summary>A claim that was judged.</summary>
internal sealed record Verdict(Claim Claim, RateSelection Selection, IReadOnlyList<Evidence> Evidence, Outcome Outcome);

/// <summary>What one check saw.</summary>
/// <param name="What">What was compared.</param>
/// <param name="Published">The published figures.</param>
/// <param name="Ours">Ours.</param>
/// <param name="Comparison">What sets ours apart, where there are two samples.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Finding">Why.</param>
internal sealed record Evidence(
    string What, string Published, string Ours, Comparison? Comparison, Outcome Outcome, string Finding);
