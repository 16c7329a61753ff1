using PaperCurves.Pretraining;
using PaperCurves.Report.Live;
using PaperCurves.Sweeps;

namespace PaperCurves.Tests.Report.Live;

/// <summary>Curves made up for tests.</summary>
internal static class SomeCurves
{
    /// <summary>A curve with one value for each trial at every x.</summary>
    public static Curve Of(TransferKind kind, Arm arm, params (int X, double[] Trials)[] points) => new(
        kind,
        arm,
        RateSelection.Validation,
        [.. points.Select(point => new CurvePoint(point.X, point.Trials.Index().ToDictionary(trial => trial.Index, trial => trial.Item), [1e-3]))]);
}
