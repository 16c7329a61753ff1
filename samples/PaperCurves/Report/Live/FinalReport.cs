using PaperCurves.Files;
using PaperCurves.Pretraining;
using PaperCurves.Runs;
using PaperCurves.Sweeps;
using Spectre.Console;

namespace PaperCurves.Report.Live;

/// <summary>What a run shows of its results: results.csv and curves.png while it goes on, tables and findings at its end.</summary>
internal sealed class FinalReport
{
    private const string PublishedData = "Omniglot";
    private const int PublishedClasses = 600;

    private readonly string _caption;
    private readonly Method? _published;
    private readonly IReadOnlyList<CurvePanel> _panels;

    private FinalReport(RunSettings settings, IReadOnlyList<CellResult> results, string data)
    {
        var classes = settings.Preset.TransferClasses;
        _caption = $"{settings.Method.Title()} pre-training, {data}, {classes} classes, preset {settings.Preset.Name}";
        _published = string.Equals(data, PublishedData, StringComparison.Ordinal) && classes == PublishedClasses ? settings.Method : null;
        var heldOut = results.Any(result => result.Pool == ClassPool.Validation) ? settings.Preset.HeldOutClasses : 0;
        _panels =
        [
            .. from curve in Curve.Of(results)
               group curve by curve.Kind into curves
               select new CurvePanel(curves.Key, [.. curves], [.. Findings.Of(curves.Key, [.. curves]), Findings.OfRates([.. curves], heldOut)]),
        ];
    }

    /// <summary>Writes results.csv and, once something was tested, curves.png.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="results">All its results.</param>
    /// <param name="data">Name of the data set.</param>
    public static FinalReport Write(RunSettings settings, IReadOnlyList<CellResult> results, string data)
    {
        CsvLog<ResultRow>.Write(Path.Combine(settings.Output, RunFolder.Results), ResultRow.Of(results, settings.Preset));
        var report = new FinalReport(settings, results, data);
        if (report._panels.Count > 0)
        {
            CurvePicture.Save(report._panels, report._caption, report._published, Path.Combine(settings.Output, RunFolder.Curves));
        }

        return report;
    }

    /// <summary>Prints a table and what it shows for each transfer; nothing where nothing was tested yet.</summary>
    /// <param name="folder">Where the picture is.</param>
    public void Show(string folder)
    {
        foreach (var panel in _panels)
        {
            AnsiConsole.Write(ResultsTable.OfTransfer(panel.Kind, panel.Curves, _caption, _published));
            foreach (var sentence in panel.Sentences)
            {
                AnsiConsole.WriteLine(sentence);
            }
        }

        if (_panels.Count > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"Curves: [link]{Path.GetFullPath(Path.Combine(folder, RunFolder.Curves))}[/]");
        }
    }
}
