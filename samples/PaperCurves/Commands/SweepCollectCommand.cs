using System.CommandLine;
using System.Globalization;
using PaperCurves.Sweeps;
using Spectre.Console;

namespace PaperCurves.Commands;

/// <summary>sweep collect: all results as tables.</summary>
internal static class SweepCollectCommand
{
    public static Command Create()
    {
        var options = new SweepOptions();
        var command = new Command("collect", "Write all results as one table for each protocol, as CSV and as Parquet.");
        options.AddTo(command);
        command.SetAction((parse, cancellationToken) => Task.Run(
            async () =>
            {
                var cells = await options.CellsAsync(parse, cancellationToken).ConfigureAwait(false);
                var tables = await SweepTables.WriteAsync(
                    options.Common.Output(parse), cells.Transfers, options.Store(parse), cancellationToken).ConfigureAwait(false);
                foreach (var (path, rows) in tables)
                {
                    AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}.csv, .parquet: {rows} rows"));
                }

                return ExitCodes.Done;
            },
            CancellationToken.None));
        return command;
    }
}
