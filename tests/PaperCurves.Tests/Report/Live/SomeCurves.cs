using PaperCurves.Pretraining;
using PaperCurves.Report.Live;
using PaperCurves.Sweeps;
using PaperCurves.Tests.Sweeps;

namespace PaperCurves.Tests.Report.Live;

/// <summary>Curves and results made up for tests.</summary>
internal static class SomeCurves
{
    /// <summary>A curve with one value for each trial at every x, at a learning rate of 1e-3.</summary>
    public static Curve Of(TransferKind kind, Arm arm, params (int X, double[] Trials)[] points) =>
        new(kind, arm, RateSelection.Validation, [.. points.Select(point => Point(point.X, point.Trials, 1e-3))]);

    /// <summary>A point with one value for each trial.</summary>
    public static SelectedPoint Point(int x, double[] trials, params double[] rates) =>
        new(x, [.. rates.Select(rate => Result(Arm.None, TransferKind.IidUnfrozen, ClassPool.Test, rate, 1))], Samples.Of(trials), Samples.Of(0));

    /// <summary>What one transfer came to, in percent.</summary>
    public static CellResult Result(Arm arm, TransferKind kind, ClassPool pool, double rate, int trial, params (int X, double Percent)[] points)
    {
        var cell = SweepSample.Cells.Transfers[0];
        return FakeCellExecutor.Result(cell) with
        {
            Network = arm.Key(),
            Transfer = kind.Key,
            Trial = trial,
            LearningRate = rate,
            Pool = pool,
            Settings = cell.Settings with { Protocol = kind.Protocol, Trains = kind.Trains },
            Points = [.. points.Select(point => new CellPoint(point.X, point.X, null, new CellAccuracy(point.Percent / 100, 1, "")))],
        };
    }
}
