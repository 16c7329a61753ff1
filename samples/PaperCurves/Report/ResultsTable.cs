using System.Globalization;
using PaperCurves.Experiments;
using PaperCurves.Pretraining;
using Spectre.Console;

namespace PaperCurves.Report;

/// <summary>The results as people read them in a terminal.</summary>
public static class ResultsTable
{
    /// <summary>What pre-training ended with.</summary>
    public static Table OfPretraining(IEnumerable<PretrainingResult> results)
    {
        var table = new Table { Title = new TableTitle("Pre-training") };
        table.AddColumns("pre-training", "steps", "training (top 5)", "validation (top 5)", "seconds");
        foreach (var result in results)
        {
            table.AddRow(
                $"{result.Method.Title()} {result.Arm.Title()}",
                Text($"{result.Steps}"),
                Accuracies(result.TrainingAccuracy, result.TrainingTop5),
                Accuracies(result.ValidationAccuracy, result.ValidationTop5),
                Text($"{result.Seconds:f0}"));
        }

        return table;
    }

    /// <summary>Both arms of one protocol, point by point.</summary>
    /// <param name="protocol">Which protocol.</param>
    /// <param name="curves">The curves; those of other protocols are passed over.</param>
    /// <param name="caption">What was done, on which data.</param>
    /// <param name="published">Of which method to show the paper's figures: only for the same data and size, else null.</param>
    public static Table OfTransfer(Protocol protocol, IReadOnlyList<Curve> curves, string caption, Method? published)
    {
        var table = new Table { Title = new TableTitle($"{protocol.Title()}: query accuracy (%), {caption}") };
        table.AddColumns(protocol == Protocol.Iid ? "step" : "classes", "without zapping", "with zapping", "gain");
        if (published is not null)
        {
            table.AddColumns("published without", "published with");
        }

        var arms = curves.Where(curve => curve.Protocol == protocol).ToDictionary(
            curve => curve.Arm, curve => curve.Points.ToDictionary(point => point.X));
        foreach (var x in arms.Values.SelectMany(points => points.Keys).Distinct().Order())
        {
            var none = arms.GetValueOrDefault(Arm.None)?.GetValueOrDefault(x);
            var zap = arms.GetValueOrDefault(Arm.Zap)?.GetValueOrDefault(x);
            var cells = new List<string> { Text($"{x}"), Cell(none), Cell(zap), Gain(zap?.Mean - none?.Mean) };
            if (published is { } method)
            {
                cells.Add(Text($"{PublishedFigures.At(method, protocol, Arm.None, x)?.Percent:f1}"));
                cells.Add(Text($"{PublishedFigures.At(method, protocol, Arm.Zap, x)?.Percent:f1}"));
            }

            table.AddRow([.. cells]);
        }

        return table;
    }

    // Records of earlier versions say NaN where there are no images.
    private static string Accuracies(double? top1, double? top5) =>
        top1 is { } best && double.IsFinite(best) ? Text($"{best:p1} ({top5:p1})") : "none";

    private static string Gain(double? points) => points is { } gain && double.IsFinite(gain) ? Text($"{gain:+0.0;-0.0;0.0}") : "";

    private static string Cell(CurvePoint? point) =>
        point is null || !double.IsFinite(point.Mean) ? "" : Text($"{point.Mean:f1} ± {point.Sd:f1} (lr {point.LearningRate:g})");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
