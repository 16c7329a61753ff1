using MathNet.Numerics.Statistics;
using PaperCurves.Experiments;

namespace PaperCurves.Report;

/// <summary>One point of a curve, in percent.</summary>
/// <param name="X">Steps made, or classes seen.</param>
/// <param name="Mean">Mean over trials.</param>
/// <param name="Sd">Sample standard deviation over trials; 0 for one trial.</param>
/// <param name="Trials">How many trials.</param>
/// <param name="LearningRate">The learning rate that was chosen for this point.</param>
public sealed record CurvePoint(int X, double Mean, double Sd, int Trials, double LearningRate);

/// <summary>Query accuracy of one arm under one protocol.</summary>
public sealed record Curve(Protocol Protocol, Arm Arm, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>
    /// Curves as the paper draws them: at every point the learning rate with the highest mean query accuracy. That
    /// choice uses the test accuracy itself, so it flatters all arms alike.
    /// </summary>
    public static IReadOnlyList<Curve> BestPerPoint(IEnumerable<ResultRow> rows)
    {
        var curves =
            from row in rows
            group row by (row.Transfer, row.Reset) into arm
            select new Curve(
                ProtocolNames.Parse(arm.Key.Transfer),
                ArmNames.Parse(arm.Key.Reset),
                [.. arm.GroupBy(row => row.X).OrderBy(at => at.Key).Select(Best)]);
        return [.. curves.OrderBy(curve => curve.Protocol).ThenBy(curve => curve.Arm)];
    }

    private static CurvePoint Best(IGrouping<int, ResultRow> at) => at
        .GroupBy(row => row.LearningRate)
        .Select(rate =>
        {
            var accuracies = rate.Select(row => row.QueryAccuracyPercent).ToList();
            var (mean, sd) = accuracies.MeanStandardDeviation();
            return new CurvePoint(at.Key, mean, accuracies.Count > 1 ? sd : 0, accuracies.Count, rate.Key);
        })
        .OrderByDescending(point => point.Trials)
        .ThenByDescending(point => point.Mean)
        .First();
}
