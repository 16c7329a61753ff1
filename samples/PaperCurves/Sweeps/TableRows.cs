using System.Text.Json;
using PaperCurves.Pretraining;

namespace PaperCurves.Sweeps;

/// <summary>The columns of the collected tables.</summary>
internal static class TableRows
{
    /// <summary>One row for each class and evaluation.</summary>
    public static TableFile<ClassRow> Sequential { get; } = new(
    [
        .. Common<ClassRow>(row => row.Cell),
        TableColumn<ClassRow>.Of("lr", row => row.Cell.LearningRate!.Value),
        TableColumn<ClassRow>.Of("trial", row => row.Cell.Trial),
        TableColumn<ClassRow>.Of("epoch", row => row.Point.ClassesSeen - 1),
        TableColumn<ClassRow>.Of("classes_trained", row => row.Point.ClassesSeen),
        TableColumn<ClassRow>.Of("class_id", row => row.Class),
        TableColumn<ClassRow>.Of("train_acc", row => row.Support),
        TableColumn<ClassRow>.Of("test_acc", row => row.Query),
    ]);

    /// <summary>One row for each evaluation.</summary>
    public static TableFile<PointRow> Iid { get; } = new(
    [
        .. Common<PointRow>(row => row.Cell),
        TableColumn<PointRow>.Of("epochs", row => row.Cell.Settings.Epochs),
        TableColumn<PointRow>.Of("batch_size", row => row.Cell.Settings.BatchSize),
        TableColumn<PointRow>.Of("lr", row => row.Cell.LearningRate!.Value),
        TableColumn<PointRow>.Of("trial", row => row.Cell.Trial),
        TableColumn<PointRow>.Of("epoch", row => (row.Point.Steps - 1) / row.StepsPerEpoch),
        TableColumn<PointRow>.Of("step", row => row.Point.Steps),
        .. Accuracies,
    ]);

    /// <summary>One row for each cell.</summary>
    public static TableFile<PointRow> ZeroShot { get; } = new(
    [
        .. Common<PointRow>(row => row.Cell),
        TableColumn<PointRow>.Of("trial", row => row.Cell.Trial),
        .. Accuracies,
    ]);

    private static IEnumerable<TableColumn<PointRow>> Accuracies =>
    [
        TableColumn<PointRow>.Of("train_acc", row => row.Point.Support?.Top1),
        TableColumn<PointRow>.Of("train_top5_acc", row => row.Point.Support?.Top5),
        TableColumn<PointRow>.Of("test_acc", row => row.Point.Query.Top1),
        TableColumn<PointRow>.Of("test_top5_acc", row => row.Point.Query.Top5),
    ];

    /// <summary>Name of a protocol's table.</summary>
    public static string Name(TransferProtocol protocol) => protocol switch
    {
        TransferProtocol.Sequential => "sequential",
        TransferProtocol.Iid => "iid",
        _ => "zero-shot",
    };

    private static IEnumerable<TableColumn<TRow>> Common<TRow>(Func<TRow, CellResult> cell) =>
    [
        TableColumn<TRow>.Of("network", row => cell(row).Network),
        TableColumn<TRow>.Of("seed", row => cell(row).Seed),
        TableColumn<TRow>.Of("pretraining", row => cell(row).Plan.Method.Key()),
        TableColumn<TRow>.Of("transfer", row => cell(row).Transfer),
        TableColumn<TRow>.Of("pool", row => Word(cell(row).Pool)),
        TableColumn<TRow>.Of("model", row => cell(row).Plan.Model),
        TableColumn<TRow>.Of("dataset", row => cell(row).Data),
        TableColumn<TRow>.Of("train_examples", row => cell(row).Settings.Support),
        TableColumn<TRow>.Of("test_examples", row => cell(row).Settings.Query),
        TableColumn<TRow>.Of("eval_method", row => Name(cell(row).Settings.Protocol)),
        TableColumn<TRow>.Of("reinit_method", row => MovesByStep(cell(row)) ? "kaiming" : "lstsq"),
        TableColumn<TRow>.Of("reinit_params", _ => Word(Trained.Head)),
        TableColumn<TRow>.Of("opt_params", row => MovesByStep(cell(row)) ? Word(cell(row).Settings.Trains) : "none"),
        TableColumn<TRow>.Of("classes", row => cell(row).Settings.Classes),
    ];

    private static bool MovesByStep(CellResult cell) => cell.Settings.Protocol != TransferProtocol.LeastSquares;

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{value}");
}

/// <summary>One class in one evaluation of sequential transfer.</summary>
/// <param name="Cell">The transfer.</param>
/// <param name="Point">The evaluation.</param>
/// <param name="Class">Place in the order of presentation, from 0.</param>
/// <param name="Support">Share of its support images that are recognized; null if that was not measured.</param>
/// <param name="Query">Share of its query images that are recognized.</param>
internal sealed record ClassRow(CellResult Cell, CellPoint Point, int Class, double? Support, double Query)
{
    public static IEnumerable<ClassRow> Of(CellResult cell) =>
        from point in cell.Points
        let support = point.Support?.HitsOf(cell, point)
        let query = point.Query.HitsOf(cell, point)
        from place in Enumerable.Range(0, point.ClassesSeen)
        select new ClassRow(cell, point, place, (double?)support?[place] / cell.Settings.Support, (double)query[place] / cell.Settings.Query);
}

/// <summary>One evaluation.</summary>
/// <param name="Cell">The transfer.</param>
/// <param name="Point">The evaluation.</param>
internal sealed record PointRow(CellResult Cell, CellPoint Point)
{
    public int StepsPerEpoch => ((Cell.Settings.Classes * Cell.Settings.Support) + Cell.Settings.BatchSize - 1) / Cell.Settings.BatchSize;

    public static IEnumerable<PointRow> Of(CellResult cell) => cell.Points.Select(point => new PointRow(cell, point));
}
