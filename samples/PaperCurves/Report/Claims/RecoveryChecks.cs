using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Sweeps;
using static System.FormattableString;
using static MathNet.Numerics.Statistics.Correlation;

namespace PaperCurves.Report.Claims;

/// <summary>A check of the ways back of i.i.d. pre-training with all rows zapped.</summary>
internal abstract record RecoveryCheck : Check
{
    /// <inheritdoc/>
    public override Evidence Judge(ReportData report, RateSelection selection)
    {
        var runs = report.Networks(Pretrained.IidZap)
            .Select(network => (Network: network, Recoveries: Recovery.Of(network.Steps)))
            .Where(run => run.Recoveries.Count > 1)
            .ToList();
        return runs.Count == 0
            ? new Evidence(What, "no figures", "–", null, Outcome.NotRun, "no steps of a network with zaps")
            : Judge([.. runs.Select(run => run.Network)], [.. runs.Select(run => run.Recoveries)]);
    }

    protected abstract string What { get; }

    protected abstract Evidence Judge(IReadOnlyList<NetworkRecord> networks, IReadOnlyList<IReadOnlyList<Recovery>> runs);
}

/// <summary>Right after a zap the loss is that of guessing: ln of the number of units.</summary>
/// <param name="Within">How far it may be from that, in nats.</param>
internal sealed record LossAfterZapCheck(double Within) : RecoveryCheck
{
    protected override string What => "loss of the first batch after each zap";

    protected override Evidence Judge(IReadOnlyList<NetworkRecord> networks, IReadOnlyList<IReadOnlyList<Recovery>> runs)
    {
        var losses = runs.SelectMany(run => run).Select(recovery => recovery.LossAtOnce).ToList();
        var guessing = Math.Log(networks[0].Plan.Units);
        var farthest = losses.MaxBy(loss => Math.Abs(loss - guessing));
        var (outcome, finding) = Weigh(
            Invariant($"all within {Within} of ln({networks[0].Plan.Units}) = {guessing:f2}"),
            Math.Abs(farthest - guessing) <= Within ? null : Invariant($"{farthest:f2} is not within {Within} of ln({networks[0].Plan.Units}) = {guessing:f2}"));
        return new Evidence(What, "no figures", Invariant($"{losses.Min():f2} to {losses.Max():f2}"), null, outcome, finding);
    }
}

/// <summary>The way back becomes shorter from zap to zap: a falling trend, as single batches are noisy.</summary>
/// <param name="Correlation">Spearman's rank correlation of zap and steps may be no higher.</param>
/// <param name="Zaps">At least so many are needed for that to mean something.</param>
internal sealed record FasterRecoveryCheck(double Correlation, int Zaps) : RecoveryCheck
{
    protected override string What => Invariant($"steps until a batch is recognized to {Recovery.Threshold:p0} again, zap by zap");

    protected override Evidence Judge(IReadOnlyList<NetworkRecord> networks, IReadOnlyList<IReadOnlyList<Recovery>> runs)
    {
        var ways = Enumerable.Range(0, runs.Min(run => run.Count)).Select(i => WayBack.Of([.. runs.Select(run => run[i])])).ToList();
        var (outcome, finding) = ways.Count < Zaps ? (Outcome.NotRun, Invariant($"{ways.Count} zaps, and the mark is that of {Zaps}")) : Weigh([.. ways.Select(way => way.Steps)]);
        return new Evidence(What, "no figures", string.Join(", ", ways), null, outcome, finding);
    }

    private (Outcome Outcome, string Finding) Weigh(IReadOnlyList<double> steps)
    {
        var trend = steps.Distinct().Count() == 1 ? 0 : Spearman(Enumerable.Range(1, steps.Count).Select(zap => (double)zap), steps);
        var rises = Enumerable.Range(1, steps.Count - 1).Count(i => steps[i] > steps[i - 1]);
        var seen = Invariant($"rank correlation {trend:f2}; longer than the zap before: {rises} of {steps.Count - 1}");
        return Weigh(seen, trend <= Correlation ? null : Invariant($"{seen}; not {Correlation} or below"));
    }

    /// <summary>One zap's way back, mean over the networks.</summary>
    /// <param name="Steps">How long it was; where the next zap cut it off, the steps that there were, which are too few.</param>
    /// <param name="CutOff">Whether that happened.</param>
    private sealed record WayBack(double Steps, bool CutOff)
    {
        public static WayBack Of(IReadOnlyList<Recovery> recoveries) => new(
            recoveries.Average(recovery => recovery.Steps ?? recovery.After.Count), recoveries.Any(recovery => recovery.Steps is null));

        public override string ToString() => Invariant($"{(CutOff ? "≥ " : "")}{Steps:0.#}");
    }
}
