using PaperCurves.Pretraining;
using PaperCurves.Runs;
using PaperCurves.Sweeps;
using Spectre.Console;
using Zapping.Datasets;

namespace PaperCurves.Report.Live;

/// <summary>Tables, findings and picture from rows of results.</summary>
public static class FinalReport
{
    private const string PublishedData = "Omniglot";
    private const int PublishedClasses = 600;

    /// <summary>Prints a table and what it shows for each transfer, and saves curves.png; nothing where nothing was tested yet.</summary>
    /// <param name="rows">All from one kind of experiment: data, pre-training, preset and number of classes are the same.</param>
    /// <param name="folder">Where the picture goes.</param>
    /// <exception cref="DataException">They are of different experiments.</exception>
    public static void Show(IReadOnlyList<ResultRow> rows, string folder)
    {
        var curves = Curve.Of(rows);
        if (curves.Count == 0)
        {
            return;
        }

        var tests = rows.Where(row => row.Point().Key.Pool == ClassPool.Test);
        var kinds = tests.Select(row => (row.Dataset, row.Pretraining, row.Preset, row.Classes)).Distinct().ToList();
        if (kinds is not [var (dataset, pretraining, preset, classes)])
        {
            throw new DataException($"Results of different experiments cannot share a picture: {string.Join("; ", kinds)}.");
        }

        var method = MethodNames.Parse(pretraining);
        var caption = $"{method.Title()} pre-training, {dataset}, {classes} classes, preset {preset}";
        Method? published = string.Equals(dataset, PublishedData, StringComparison.Ordinal) && classes == PublishedClasses ? method : null;
        var heldOut = rows.Where(row => row.Point().Key.Pool == ClassPool.Validation).Select(row => row.Classes).FirstOrDefault();
        var panels = curves.GroupBy(curve => curve.Kind).Select(kind => Panel([.. kind], heldOut)).ToList();
        foreach (var panel in panels)
        {
            AnsiConsole.Write(ResultsTable.OfTransfer(panel.Kind, panel.Curves, caption, published));
            foreach (var sentence in panel.Sentences)
            {
                AnsiConsole.WriteLine(sentence);
            }
        }

        var path = Path.Combine(folder, RunFolder.Curves);
        CurvePicture.Save(panels, caption, published, path);
        AnsiConsole.MarkupLineInterpolated($"Curves: [link]{Path.GetFullPath(path)}[/]");
    }

    private static CurvePanel Panel(IReadOnlyList<Curve> curves, int heldOut) => new(
        curves[0].Kind, curves, [.. Findings.Of(curves[0].Kind, curves), Findings.OfRates(curves, heldOut)]);
}
