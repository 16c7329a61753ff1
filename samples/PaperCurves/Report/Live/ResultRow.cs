using CsvHelper.Configuration.Attributes;
using PaperCurves.Pretraining;
using PaperCurves.Runs;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Live;

/// <summary>One evaluation, as in results.csv. The words are those of the published tables.</summary>
public sealed record ResultRow
{
    [Name("dataset")]
    public required string Dataset { get; init; }

    [Name("preset")]
    public required string Preset { get; init; }

    [Name("pretraining")]
    public required string Pretraining { get; init; }

    [Name("transfer")]
    public required string Transfer { get; init; }

    [Name("reset")]
    public required string Reset { get; init; }

    /// <summary>"test" for the classes that are reported, "validation" for those on which the trial chose its learning rate.</summary>
    [Name("pool")]
    public required string Pool { get; init; }

    [Name("classes")]
    public required int Classes { get; init; }

    [Name("learning_rate")]
    public required double LearningRate { get; init; }

    [Name("trial")]
    public required int Trial { get; init; }

    [Name("x_axis")]
    public required string XAxis { get; init; }

    [Name("x")]
    public required int X { get; init; }

    /// <summary>In percent.</summary>
    [Name("query_accuracy_percent")]
    public required double QueryAccuracyPercent { get; init; }

    internal TransferPoint Point() => new(
        new TransferKey(ArmNames.Parse(Reset), RunKinds.Parse(Transfer), PoolNames.Parse(Pool), LearningRate, Trial), X, QueryAccuracyPercent / 100);

    internal static ResultRow From(TransferPoint point, string data, Method method, Preset preset) => new()
    {
        Dataset = data,
        Preset = preset.Name,
        Pretraining = method.Key(),
        Transfer = point.Key.Kind.Key,
        Reset = point.Key.Arm.Key(),
        Pool = point.Key.Pool.Key(),
        Classes = point.Key.Pool == ClassPool.Test ? preset.TransferClasses : preset.HeldOutClasses,
        LearningRate = point.Key.LearningRate,
        Trial = point.Key.Trial,
        XAxis = point.Key.Kind.AxisKey,
        X = point.X,
        QueryAccuracyPercent = Math.Round(100 * point.QueryAccuracy, 3),
    };
}
