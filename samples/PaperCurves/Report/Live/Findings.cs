using System.Globalization;
using PaperCurves.Pretraining;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Live;

/// <summary>
/// Says in words what curves show and what they do not: whether each arm is ahead of the one before, judged by the differences
/// between the two in the same trials. Two arms are told apart where the 95 % confidence interval of the mean difference
/// (Student's t) leaves 0 out.
/// </summary>
public static class Findings
{
    /// <summary>Sentences on one protocol; none where there is nothing to compare.</summary>
    /// <param name="kind">Which transfer.</param>
    /// <param name="curves">The curves; those of other protocols are passed over.</param>
    public static IReadOnlyList<string> Of(TransferKind kind, IReadOnlyList<Curve> curves)
    {
        ArgumentNullException.ThrowIfNull(curves);
        var arms = curves.Where(curve => curve.Kind == kind).OrderBy(curve => curve.Arm).ToList();
        var sentences =
            from place in Places(kind, arms)
            let gaps = arms.Zip(arms.Skip(1)).Select(pair => Gap(pair.Second, pair.First, place.X)).OfType<string>().ToList()
            where gaps.Count > 0
            select $"{place.Name}: {string.Join("; ", gaps)}.";
        return [.. sentences];
    }

    /// <summary>How learning rates were chosen.</summary>
    /// <param name="curves">The curves of one transfer.</param>
    /// <param name="heldOutClasses">On how many classes each trial chose; 0 if none did.</param>
    public static string OfRates(IReadOnlyList<Curve> curves, int heldOutClasses)
    {
        ArgumentNullException.ThrowIfNull(curves);
        return curves.Select(curve => curve.Selection).FirstOrDefault() switch
        {
            RateSelection.Validation => Text($"Learning rates, chosen by each trial on {heldOutClasses} classes outside its test: {string.Join("; ", curves.Select(Rates))}."),
            RateSelection.Oracle => "At every point the learning rate with the best mean, as published: the choice uses the test itself.",
            _ => Text($"One learning rate for all: {curves[0].Points[0].LearningRates[0]:g}."),
        };

        static string Rates(Curve curve) => $"{curve.Arm.ShortTitle()} {string.Join(" and ", curve.Points[^1].LearningRates.Select(rate => Text($"{rate:g}")))}";
    }

    // Where shuffled batches are learned the paper's effect is in the first steps, which are over when it is about to end.
    private static IEnumerable<(long X, string Name)> Places(TransferKind kind, List<Curve> arms)
    {
        if (arms.Count == 0)
        {
            yield break;
        }

        var end = arms[0].Points[^1];
        if (kind == TransferKind.IidUnfrozen && arms[0].Points.First(point => point.Query.Mean >= end.Query.Mean / 2) is { } halfWay && halfWay.X < end.X)
        {
            yield return (halfWay.X, Text($"Step {halfWay.X}, half the way {arms[0].Arm.Title()}"));
        }

        yield return (end.X, kind == TransferKind.IidUnfrozen ? Text($"Step {end.X}") : Text($"After {end.X} classes"));
    }

    private static string? Gap(Curve arm, Curve reference, long x)
    {
        var (mine, its) = (Trials(arm, x), Trials(reference, x));
        if (mine.Keys.Intersect(its.Keys).Order().ToList() is not { Count: > 0 } shared)
        {
            return null;
        }

        var gap = Statistics.Of([.. shared.Select(trial => new SampleValue(0, trial, mine[trial] - its[trial]))]);
        var (better, worse) = (arm.Arm.Noun(), reference.Arm.Noun());
        if (shared.Count == 1)
        {
            return Text($"{better} {gap.Mean:+0.0;-0.0;0.0} points against {worse} in one trial, whose spread nobody knows");
        }

        if (gap.Low > 0)
        {
            return Text($"{better} is {gap.Mean:f1} points ahead of {worse} (95 % interval {gap.Low:f1} to {gap.High:f1})");
        }

        var missing = arm.Arm == Arm.Zap ? ", so the paper's effect does not show here" : "";
        return gap.High < 0
            ? Text($"{better} is {-gap.Mean:f1} points BEHIND {worse} (95 % interval {-gap.High:f1} to {-gap.Low:f1}){missing}")
            : Text($"{shared.Count} trials cannot tell {better} from {worse} ({gap.Mean:+0.0;-0.0;0.0} points, 95 % interval {gap.Low:f1} to {gap.High:f1}){missing}");
    }

    private static Dictionary<int, double> Trials(Curve curve, long x) =>
        curve.Points.Where(point => point.X == x).SelectMany(point => point.Query.Values).ToDictionary(value => value.Trial, value => value.Percent);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
