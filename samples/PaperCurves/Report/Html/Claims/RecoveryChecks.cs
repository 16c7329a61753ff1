using PaperCurves.Sweeps;
using static System.FormattableString;
using static MathNet.Numerics.Statistics.Correlation;

namespace PaperCurves.Report.Html.Claims;

/// <summary>A check of the ways back of i.i.d. pre-training with all rows zapped.</summary>
internal abstract record RecoveryCheck : Check
{
    /// <inheritdoc/>
    public override Evidence Judge(Study study, RateSelection selection)
    {
        var runs = study.Networks(Pretrained.IidZap)
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
internal sealed record FasterRecoveryCheck(double Correlation) : RecoveryCheck
{
    protected override string What => Invariant($"steps until a batch is recognised to {Recovery.Threshold:p0} again, zap by zap");

    protected override Evidence Judge(IReadOnlyList<NetworkRecord> networks, IReadOnlyList<IReadOnlyList<Recovery>> runs)
    {
        var zaps = runs.Min(run => run.Count);
        // A way back that the next zap cut off took longer than the steps that there were.
        var steps = Enumerable.Range(0, zaps).Select(i => runs.Average(run => run[i].Steps ?? run[i].After.Count)).ToList();
        var trend = steps.Distinct().Count() == 1 ? 0 : Spearman(Enumerable.Range(1, zaps).Select(zap => (double)zap), steps);
        var rises = Enumerable.Range(1, zaps - 1).Count(i => steps[i] > steps[i - 1]);
        var seen = Invariant($"rank correlation {trend:f2}; longer than the zap before: {rises} of {zaps - 1}");
        var (outcome, finding) = Weigh(seen, trend <= Correlation ? null : Invariant($"{seen}; not {Correlation} or below"));
        return new Evidence(
            What, "no figures", string.Join(", ", steps.Select(step => Invariant($"{step:0.#}"))), null, outcome, finding);
    }
}
