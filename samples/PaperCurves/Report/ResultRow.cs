using CsvHelper.Configuration.Attributes;
using PaperCurves.Experiments;
using PaperCurves.Pretraining;

namespace PaperCurves.Report;

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

    [Ignore]
    internal TransferKey Key => new(ArmNames.Parse(Reset), ProtocolNames.Parse(Transfer), LearningRate, Trial);

    internal static ResultRow From(TransferPoint point, string data, Method method, Preset preset) => new()
    {
        Dataset = data,
        Preset = preset.Name,
        Pretraining = method.Key(),
        Transfer = point.Protocol.Key(),
        Reset = point.Arm.Key(),
        Classes = preset.TransferClasses,
        LearningRate = point.LearningRate,
        Trial = point.Trial,
        XAxis = point.Protocol.Axis(),
        X = point.X,
        QueryAccuracyPercent = Math.Round(100 * point.QueryAccuracy, 3),
    };
}
