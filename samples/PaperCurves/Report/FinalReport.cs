using PaperCurves.Data;
using PaperCurves.Pretraining;
using Spectre.Console;

namespace PaperCurves.Report;

/// <summary>Table and picture from rows of results.</summary>
public static class FinalReport
{
    private const string PublishedData = "Omniglot";
    private const int PublishedClasses = 600;

    /// <summary>Prints a table for each protocol and saves curves.png.</summary>
    /// <param name="rows">All from one kind of experiment: data, pre-training, preset and number of classes are the same.</param>
    /// <param name="folder">Where the picture goes.</param>
    /// <exception cref="DataException">There are no rows, or they are of different experiments.</exception>
    public static void Show(IReadOnlyList<ResultRow> rows, string folder)
    {
        var kinds = rows.Select(row => (row.Dataset, row.Pretraining, row.Preset, row.Classes)).Distinct().ToList();
        if (kinds is not [var (dataset, pretraining, preset, classes)])
        {
            throw new DataException(kinds.Count == 0
                ? "There are no results to show yet."
                : $"Results of different experiments cannot share a picture: {string.Join("; ", kinds)}.");
        }

        var curves = Curve.BestPerPoint(rows);
        var method = MethodNames.Parse(pretraining);
        var caption = $"{method.Title()} pre-training, {dataset}, {classes} classes, preset {preset}";
        var isPublishedData = string.Equals(dataset, PublishedData, StringComparison.Ordinal);
        var isPublishedSize = isPublishedData && classes == PublishedClasses;
        foreach (var protocol in curves.Select(curve => curve.Protocol).Distinct())
        {
            AnsiConsole.Write(ResultsTable.OfTransfer(protocol, curves, caption, isPublishedSize ? method : null));
        }

        var path = Path.Combine(folder, "curves.png");
        CurvePicture.Save(curves, caption, isPublishedData ? method : null, path);
        AnsiConsole.MarkupLineInterpolated($"Curves: [link]{Path.GetFullPath(path)}[/]");
    }
}
