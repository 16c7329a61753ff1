using System.CommandLine;
using System.Globalization;
using PaperCurves.Report;
using PaperCurves.Sweeps;
using Spectre.Console;
using Zapping.CommandLine;

namespace PaperCurves.Commands;

/// <summary>report: what a sweep has shown so far, as one page with every figure, and as tables.</summary>
internal static class ReportCommand
{
    private const string Folder = "report/";

    public static Command Create()
    {
        var options = new SweepOptions();
        var command = new Command(
            "report", "Write report.html, figures and tables from the finished cells of a sweep: claim by claim, beside the published figures.");
        options.AddWithSourceTo(command);
        CommandAction.Of(command, (parse, cancellationToken) =>
        {
            var cells = options.Cells(parse, [Folder, .. ReproductionReport.Outputs.Select(name => Folder + name), .. SweepTables.Outputs], cancellationToken);
            var results = options.Results(parse);
            var input = SweepReport.InputOf(cells, results);
            var page = ReproductionReport.Write(input, Path.Combine(options.Common.Output(parse), Folder));
            SweepTables.WriteAsync(options.Common.Output(parse), cells.Transfers, results, cancellationToken).GetAwaiter().GetResult();
            AnsiConsole.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{input.Results.Count} results, {input.NotRun.Count} cells without; {Path.GetFullPath(page)}"));
            return ExitCodes.Done;
        });
        return command;
    }
}
