using System.Globalization;
using PaperCurves.Pretraining;
using PaperCurves.Report.Published;
using PaperCurves.Sweeps;
using Spectre.Console;

namespace PaperCurves.Report.Live;

/// <summary>The results as people read them in a terminal.</summary>
public static class ResultsTable
{
    /// <summary>What pre-training ended with.</summary>
    /// <param name="results">What was reset, in words, and what came of it.</param>
    public static Table OfPretraining(IEnumerable<(string Resets, PretrainingResult Result)> results)
    {
        var table = new Table { Title = new TableTitle("Pre-training") };
        table.AddColumns("pre-training", "steps", "training (top 5)", "validation (top 5)", "seconds");
        foreach (var (resets, result) in results)
        {
            table.AddRow(
                $"{result.Method.Title()} {resets}",
                Text($"{result.Steps}"),
                Accuracies(result.TrainingAccuracy, result.TrainingTop5),
                Accuracies(result.ValidationAccuracy, result.ValidationTop5),
                Text($"{result.Seconds:f0}"));
        }

        return table;
    }

    /// <summary>All arms of one transfer, point by point, and what each gains over the first.</summary>
    /// <param name="kind">Which transfer.</param>
    /// <param name="curves">The curves; those of other protocols are passed over.</param>
    /// <param name="caption">What was done, on which data.</param>
    /// <param name="published">Of which method to show the paper's figures: only for the same data and size, else null.</param>
    public static Table OfTransfer(TransferKind kind, IReadOnlyList<Curve> curves, string caption, Method? published)
    {
        var arms = curves.Where(curve => curve.Kind == kind).ToList();
        var zapped = arms.Where(curve => curve.Arm != Arm.None).ToList();
        var papers = published is null ? [] : arms.Where(curve => curve.Arm != Arm.Recommended).ToList();
        var table = new Table { Title = new TableTitle($"{kind.Heading}: query accuracy (%), {caption}") };
        table.AddColumns(
        [
            kind == TransferKind.IidUnfrozen ? "step" : "classes",
            .. arms.Select(curve => curve.Arm.ShortTitle()),
            .. zapped.Select(curve => $"{curve.Arm.ShortTitle()}, gain"),
            .. papers.Select(curve => $"{curve.Arm.ShortTitle()}, paper"),
        ]);
        foreach (var x in arms.SelectMany(curve => curve.Points).Select(point => point.X).Distinct().Order())
        {
            var none = At(arms.Find(curve => curve.Arm == Arm.None), x);
            table.AddRow(
            [
                Text($"{x}"),
                .. arms.Select(curve => Cell(curve, At(curve, x))),
                .. zapped.Select(curve => Gain(At(curve, x)?.Query.Mean - none?.Query.Mean)),
                .. papers.Select(curve => Text($"{PublishedFigures.At(published!.Value, kind, curve.Arm, x)?.Percent:f1}")),
            ]);
        }

        return table;
    }

    // Records of earlier versions say NaN where there are no images.
    private static string Accuracies(double? top1, double? top5) =>
        top1 is { } best && double.IsFinite(best) ? Text($"{best:p1} ({top5:p1})") : "none";

    private static string Gain(double? points) => points is { } gain && double.IsFinite(gain) ? Text($"{gain:+0.0;-0.0;0.0}") : "";

    private static SelectedPoint? At(Curve? curve, long x) => curve?.Points.FirstOrDefault(point => point.X == x);

    // Where rates are chosen for whole curves, one sentence says them all.
    private static string Cell(Curve curve, SelectedPoint? point) => (curve.Selection, point) switch
    {
        (_, null) => "",
        _ when !double.IsFinite(point.Query.Mean) => "",
        (RateSelection.Oracle, _) => Text($"{point.Query.Mean:f1} ± {point.Query.Sd:f1} (lr {point.LearningRates[0]:g})"),
        _ => Text($"{point.Query.Mean:f1} ± {point.Query.Sd:f1}"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
