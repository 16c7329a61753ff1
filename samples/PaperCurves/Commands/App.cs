using System.CommandLine;
using PaperCurves.Data;
using PaperCurves.Sweeps;
using Spectre.Console;
using Zapping.Training;

namespace PaperCurves.Commands;

/// <summary>The command line.</summary>
internal static class App
{
    private static readonly TimeSpan TimeToFinishAStep = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand(
            "Shows what zapping does: pre-trains a small network without resets of its last layer, with the published ones and "
            + "with the recommended ones, transfers all three to classes they have never seen, and draws the curves.")
        {
            RunCommand.Create(),
            PretrainCommand.Create(),
            TransferCommand.Create(),
            SweepCommand.Create((data, device) => new CellWork(data, device)),
            ReportCommand.Create(),
        };
        try
        {
            return await root.Parse(args).InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeToFinishAStep,
            }).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is DataException or IOException or UnauthorizedAccessException or CheckpointException)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]error:[/] {failure.Message}");
            return ExitCodes.NotUsable;
        }
    }
}
