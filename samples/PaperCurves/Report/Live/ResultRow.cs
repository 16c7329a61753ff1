using CsvHelper.Configuration.Attributes;
using PaperCurves.Pretraining;
using PaperCurves.Runs;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Live;

/// <summary>One evaluation of a cell, as results.csv shows it. The words are those of the published tables.</summary>
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

    /// <summary>Counted from 0.</summary>
    [Name("trial")]
    public required int Trial { get; init; }

    [Name("x_axis")]
    public required string XAxis { get; init; }

    [Name("x")]
    public required long X { get; init; }

    /// <summary>In percent.</summary>
    [Name("query_accuracy_percent")]
    public required double QueryAccuracyPercent { get; init; }

    /// <summary>The rows of all cells of a run, trial by trial, in the order in which a run makes them.</summary>
    internal static IReadOnlyList<ResultRow> Of(IEnumerable<CellResult> cells, Preset preset) =>
    [
        .. from cell in cells
           let kind = new TransferKind(cell.Settings.Protocol, cell.Settings.Trains)
           orderby cell.Trial, ArmNames.Parse(cell.Network), RunKinds.PlaceOf(kind) descending, cell.Pool descending, cell.LearningRate
           from point in cell.Points
           select new ResultRow
           {
               Dataset = cell.Data,
               Preset = preset.Name,
               Pretraining = cell.Plan.Method.Key(),
               Transfer = kind.Key,
               Reset = cell.Network,
               Pool = cell.Pool.Key(),
               Classes = cell.Settings.Classes,
               LearningRate = cell.LearningRate!.Value,
               Trial = cell.Trial - 1,
               XAxis = kind.AxisKey,
               X = kind == TransferKind.IidUnfrozen ? point.Steps : point.ClassesSeen,
               QueryAccuracyPercent = Math.Round(100 * point.Query.Top1, 3),
           },
    ];
}
