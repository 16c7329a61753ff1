using MathNet.Numerics.Statistics;
using PaperCurves.Pretraining;
using PaperCurves.Runs;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Live;

/// <summary>One point of a curve, in percent.</summary>
/// <param name="X">Steps made, or classes seen.</param>
/// <param name="Trials">The values, by trial; at least one.</param>
/// <param name="LearningRates">Those that were chosen for this point, ascending; by trial they may differ.</param>
public sealed record CurvePoint(int X, IReadOnlyDictionary<int, double> Trials, IReadOnlyList<double> LearningRates)
{
    /// <summary>Mean over trials.</summary>
    public double Mean => Trials.Values.Mean();

    /// <summary>Sample standard deviation over trials; 0 for one trial.</summary>
    public double Sd => Trials.Count > 1 ? Trials.Values.StandardDeviation() : 0;
}

/// <summary>Query accuracy of one arm in one transfer, on the test classes.</summary>
/// <param name="Kind">The transfer.</param>
/// <param name="Arm">The arm.</param>
/// <param name="Selection">How learning rates were chosen; null where one alone was tried.</param>
/// <param name="Points">Ascending in x.</param>
public sealed record Curve(TransferKind Kind, Arm Arm, RateSelection? Selection, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>
    /// One curve for each kind of transfer and arm. Where rates were tried on held-out classes, each trial's curve is that of the rate
    /// which these prefer, and a trial that was not asked is left out. Otherwise curves are as the paper draws them: at every
    /// point the rate with the highest mean, which uses the test accuracy itself and flatters all arms alike.
    /// </summary>
    public static IReadOnlyList<Curve> Of(IEnumerable<ResultRow> rows)
    {
        var curves =
            from point in rows.Select(row => row.Point())
            group point by point.Key.Kind into kind
            let selection = SelectionOf(kind)
            from arm in kind.GroupBy(point => point.Key.Arm)
            let points = selection == RateSelection.Validation ? Validated(arm) : Oracle(arm)
            where points.Count > 0
            select new Curve(kind.Key, arm.Key, selection, points);
        return [.. curves.OrderBy(curve => RunKinds.PlaceOf(curve.Kind)).ThenBy(curve => curve.Arm)];
    }

    private static RateSelection? SelectionOf(IEnumerable<TransferPoint> points)
    {
        if (points.Any(point => point.Key.Pool == ClassPool.Validation))
        {
            return RateSelection.Validation;
        }

        return points.Select(point => point.Key.LearningRate).Distinct().Skip(1).Any() ? RateSelection.Oracle : null;
    }

    private static IReadOnlyList<CurvePoint> Validated(IEnumerable<TransferPoint> points)
    {
        var chosen =
            from trial in points.GroupBy(point => point.Key.Trial)
            let heldOut = trial.Where(point => point.Key.Pool == ClassPool.Validation).ToList()
            where heldOut.Count > 0
            let rate = RateChoice.Best(heldOut)
            from point in trial
            where point.Key.Pool == ClassPool.Test && point.Key.LearningRate == rate
            select point;
        return [.. chosen.GroupBy(point => point.X).OrderBy(at => at.Key).Select(at => Point(at.Key, at))];
    }

    private static IReadOnlyList<CurvePoint> Oracle(IEnumerable<TransferPoint> points) =>
    [
        .. from point in points
           group point by point.X into at
           orderby at.Key
           select at.GroupBy(point => point.Key.LearningRate).Select(rate => Point(at.Key, rate))
               .OrderByDescending(rate => rate.Trials.Count)
               .ThenByDescending(rate => rate.Mean)
               .First(),
    ];

    private static CurvePoint Point(int x, IEnumerable<TransferPoint> points) => new(
        x,
        points.ToDictionary(point => point.Key.Trial, point => 100 * point.QueryAccuracy),
        [.. points.Select(point => point.Key.LearningRate).Distinct().Order()]);
}
