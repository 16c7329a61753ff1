using System.CommandLine;
using System.Globalization;
using PaperCurves.Sweeps;
using Spectre.Console;
using Zapping.CommandLine;

namespace PaperCurves.Commands;

/// <summary>sweep status: what is done, and how long the rest will take.</summary>
internal static class SweepStatusCommand
{
    public static Command Create()
    {
        var options = new SweepOptions();
        var command = new Command("status", "Show what is done, running, failed and missing.");
        options.AddTo(command);
        CommandAction.Of(command, (parse, cancellationToken) =>
        {
            var cells = options.Cells(parse, outputs: null, cancellationToken);
            Show(SweepStatus.Of(cells, options.Results(parse)));
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Show(SweepStatus status)
    {
        var columns = status.Cells.Select(cell => cell.Column).Distinct(StringComparer.Ordinal).ToList();
        var table = new Table();
        table.AddColumns(["network", .. columns]);
        foreach (var network in status.Cells.GroupBy(cell => cell.Network, StringComparer.Ordinal))
        {
            var cells = network.ToLookup(cell => cell.Column, StringComparer.Ordinal);
            table.AddRow([network.Key, .. columns.Select(column => Text([.. cells[column]]))]);
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Duration(status.SecondsUsed)} used, about {Duration(status.SecondsLeft)} of one process left{Unknown(status.Unknown)}."));
    }

    private static string Unknown(int cells) =>
        cells == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {cells} cells of whose kind none is done");

    /// <summary>"3/12 done, 1 running, 2 failed": what is left is missing.</summary>
    private static string Text(IReadOnlyList<CellStatus> cells)
    {
        if (cells.Count == 0)
        {
            return "";
        }

        var states = cells.CountBy(cell => cell.State).ToDictionary();
        var others = new[] { CellState.Running, CellState.Failed }
            .Where(states.ContainsKey)
            .Select(state => string.Create(CultureInfo.InvariantCulture, $", {states[state]} {(state == CellState.Running ? "running" : "failed")}"));
        return string.Create(CultureInfo.InvariantCulture, $"{states.GetValueOrDefault(CellState.Done)}/{cells.Count} done{string.Concat(others)}");
    }

    private static string Duration(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 3600):f0}:{TimeSpan.FromSeconds(seconds):mm\\:ss} h");
}
