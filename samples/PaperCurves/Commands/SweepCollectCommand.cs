using System.CommandLine;
using System.Globalization;
using PaperCurves.Sweeps;
using Spectre.Console;
using Zapping.CommandLine;

namespace PaperCurves.Commands;

/// <summary>sweep collect: all results as tables.</summary>
internal static class SweepCollectCommand
{
    public static Command Create()
    {
        var options = new SweepOptions();
        var command = new Command("collect", "Write all results as one table for each protocol, as CSV and as Parquet.");
        options.AddWithSourceTo(command);
        CommandAction.Of(command, (parse, cancellationToken) =>
        {
            var cells = options.Cells(parse, SweepTables.Outputs, cancellationToken);
            var tables = SweepTables.WriteAsync(options.Common.Output(parse), cells.Transfers, options.Results(parse), cancellationToken).GetAwaiter().GetResult();
            foreach (var (path, rows) in tables)
            {
                AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}.csv, .parquet: {rows} rows"));
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
