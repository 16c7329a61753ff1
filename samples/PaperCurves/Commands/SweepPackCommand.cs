using System.CommandLine;
using System.Globalization;
using PaperCurves.Sweeps;
using PaperCurves.Sweeps.Packed;
using Spectre.Console;
using Zapping.CommandLine;

namespace PaperCurves.Commands;

/// <summary>sweep pack: a finished sweep as three files.</summary>
internal static class SweepPackCommand
{
    public static Command Create()
    {
        var options = new SweepOptions(Path.Combine("out", "packed"), "the packed sweep: runs.json, points.parquet and steps.parquet");
        var from = new Option<string>("--from") { Description = "The folder of the live sweep.", Required = true }.Filled();
        var partial = new Option<bool>("--partial") { Description = "Pack a sweep that is not finished; runs.json names what is missing." };
        var command = new Command("pack", "Write all results into three files, which report, status and collect read as well; checkpoints are not packed.") { from, partial };
        options.AddTo(command);
        CommandAction.Of(command, (parse, cancellationToken) =>
        {
            var folder = options.Common.Output(parse);
            var cells = options.Cells(parse, SweepPacker.Outputs, cancellationToken);
            var (packed, missing) = new SweepPacker(options.Sweep(parse).Name, cells, new CellStore(parse.GetValue(from)!)).Pack(folder, parse.GetValue(partial));
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{packed} cells packed, {missing} missing; {Path.GetFullPath(folder)}"));
            return ExitCodes.Done;
        });
        return command;
    }
}
