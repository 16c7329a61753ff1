using System.CommandLine;
using PaperCurves.Data;
using Spectre.Console;

namespace PaperCurves.Commands;

/// <summary>The command line. Exit codes: 0 done, 1 wrong arguments, 2 data or device not usable, 130 interrupted.</summary>
internal static class App
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand(
            "Shows what zapping does: pre-trains a small network with and without resetting its last layer, "
            + "transfers both to classes they have never seen, and draws the two curves.")
        {
            RunCommand.Create(),
        };
        using var interrupt = new CancellationTokenSource();
        try
        {
            return await root.Parse(args).InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false }, interrupt.Token).ConfigureAwait(false);
        }
        catch (DataException failure)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]error:[/] {failure.Message}");
            return 2;
        }
    }
}
