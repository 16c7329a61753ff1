using PaperCurves.Pretraining;
using PaperCurves.Runs;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Live;

/// <summary>Query accuracy of one arm in one transfer, on the test classes.</summary>
/// <param name="Kind">The transfer.</param>
/// <param name="Arm">The arm.</param>
/// <param name="Selection">How learning rates were chosen; null where one alone was tried.</param>
/// <param name="Points">Ascending in x.</param>
public sealed record Curve(TransferKind Kind, Arm Arm, RateSelection? Selection, IReadOnlyList<SelectedPoint> Points)
{
    /// <summary>
    /// One curve for each kind of transfer and arm. Where rates were tried on held-out classes, each trial's curve is that of the rate
    /// which these prefer, and a trial that was not asked is left out. Otherwise curves are as the paper draws them: at every
    /// point the rate with the highest mean, which uses the test accuracy itself and flatters all arms alike.
    /// </summary>
    public static IReadOnlyList<Curve> Of(IEnumerable<CellResult> results)
    {
        var curves =
            from result in results
            group result by new TransferKind(result.Settings.Protocol, result.Settings.Trains) into kind
            let selection = SelectionOf(kind)
            from curve in Sweeps.Selection.Curves(kind, selection ?? RateSelection.Oracle)
            select new Curve(kind.Key, ArmNames.Parse(curve.Network), selection, curve.Points);
        return [.. curves.OrderBy(curve => RunKinds.PlaceOf(curve.Kind)).ThenBy(curve => curve.Arm)];
    }

    private static RateSelection? SelectionOf(IEnumerable<CellResult> results)
    {
        if (results.Any(result => result.Pool == ClassPool.Validation))
        {
            return RateSelection.Validation;
        }

        return results.Select(result => result.LearningRate).Distinct().Skip(1).Any() ? RateSelection.Oracle : null;
    }
}
