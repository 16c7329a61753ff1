using PaperCurves.Report.Claims;
using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Report.Text;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Page;

/// <summary>What the report says of the claims.</summary>
internal static class ClaimSections
{
    private static readonly string[] Columns =
        ["claim", "what was compared", "published (%)", "ours: mean ± sd [95 % CI], n", "difference", "p", "effect size", "finding", "outcome"];

    /// <summary>The answer in one sentence: counts, and nothing that is not counted.</summary>
    public static string Verdict(ReportData report, IReadOnlyList<IReadOnlyList<Verdict>> bySelection) => (report.Input.Results.Count, bySelection.Count) switch
    {
        (0, _) => "Nothing was measured.",
        (_, 0) => "No claim is judged: this sweep transfers to held-out classes only.",
        _ => string.Join(" ", bySelection.Select(Count)),
    };

    /// <summary>The answer in figures: what zapping does to i.i.d. pre-training.</summary>
    public static Table Glance(ReportData report) => Page.Table.Of(
        "glance",
        "Query accuracy in percent after i.i.d. pre-training: without → with zapping",
        ["transfer", "published", .. report.Selections.Select(selection => $"ours, {selection.Title()}")],
        from measure in new[]
        {
            TransferMeasure.End(TransferKind.SequentialUnfrozen), TransferMeasure.End(TransferKind.SequentialHead),
            new TransferMeasure(TransferKind.IidUnfrozen, 15), TransferMeasure.End(TransferKind.IidUnfrozen),
        }
        select (string[])[
            measure.Title,
            Arrow(measure.Published(Pretrained.Iid), measure.Published(Pretrained.IidZap)),
            .. report.Selections.Select(selection =>
                Arrow(measure.Of(report, selection, Pretrained.Iid)?.Mean, measure.Of(report, selection, Pretrained.IidZap)?.Mean))]);

    public static IReadOnlyList<ClaimBadge> Badges(IReadOnlyList<IReadOnlyList<Verdict>> bySelection) =>
    [
        .. PublishedClaims.All.Select((claim, i) => new ClaimBadge(
            claim.Id,
            claim.Words,
            [.. bySelection.Select(verdicts => new OutcomeBadge(verdicts[i].Selection.Title(), Word(verdicts[i].Outcome), Style(verdicts[i].Outcome)))])),
    ];

    public static Section Of(IReadOnlyList<IReadOnlyList<Verdict>> bySelection) => new(
        "claims",
        "The claims",
        "Each claim has a criterion, given below; a claim passes if all its rows do. p is of a two-sided Mann-Whitney U test over all seeds and trials, effect size is Cliff's delta; neither decides an outcome. p is exact here, ties included, and in the publication of the normal approximation, which says 2.9e-11 where 30 values are wholly apart from 30; exactly it is 1.7e-17.",
        [.. bySelection.Select(Table), Criteria()],
        []);

    private static string Arrow(double? without, double? with) => $"{Numbers.Percent(without)} → {Numbers.Percent(with)} ({Numbers.Gap(with - without)})";

    private static string Count(IReadOnlyList<Verdict> verdicts)
    {
        int Of(Outcome outcome) => verdicts.Count(verdict => verdict.Outcome == outcome);
        return FormattableString.Invariant(
            $"With the {verdicts[0].Selection.Noun()}, {Of(Outcome.Pass)} of {verdicts.Count} claims pass, {Of(Outcome.Miss)} miss, {Of(Outcome.NotRun)} {(Of(Outcome.NotRun) == 1 ? "was" : "were")} not (wholly) run.");
    }

    private static Table Table(IReadOnlyList<Verdict> verdicts) => new(
        $"claims-{verdicts[0].Selection.Key()}",
        $"Claims, published and ours ({verdicts[0].Selection.Title()})",
        Columns,
        [.. verdicts.SelectMany(verdict => verdict.Evidence.Select(evidence => Row(verdict.Claim, evidence)))]);

    private static Row Row(Claim claim, Evidence evidence) => new(
        claim.Id,
        [
            evidence.What,
            evidence.Published,
            evidence.Ours,
            Numbers.Gap(evidence.Comparison?.Difference),
            evidence.Comparison is { } comparison ? Numbers.P(comparison.P) : "–",
            evidence.Comparison is { } effect ? FormattableString.Invariant($"{effect.EffectSize:f2}") : "–",
            evidence.Finding,
            Word(evidence.Outcome),
        ],
        Style(evidence.Outcome));

    private static Table Criteria() => Page.Table.Of(
        "criteria",
        "When a claim counts as reproduced (the same for each selection)",
        ["claim", "in words", "criterion"],
        PublishedClaims.All.Select(claim => (string[])[claim.Id, claim.Words, claim.Criterion]));

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Pass => "pass",
        Outcome.Miss => "miss",
        _ => "not run",
    };

    private static string Style(Outcome outcome) => Word(outcome).Replace(' ', '-');
}
