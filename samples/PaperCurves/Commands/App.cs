using System.CommandLine;
using PaperCurves.Sweeps;
using Zapping.CommandLine;

namespace PaperCurves.Commands;

/// <summary>The command line.</summary>
internal static class App
{
    /// <param name="args">As the user gave them.</param>
    /// <param name="error">Where errors are written; null for standard error.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> args, TextWriter? error = null) => Invocation.RunAsync(Create(), args, error);

    /// <summary>All commands.</summary>
    public static RootCommand Create() =>
        new("Shows what zapping does: pre-trains a small network without resets of its last layer, with the published ones and "
            + "with the recommended ones, transfers all three to classes they have never seen, and draws the curves.")
        {
            RunCommand.Create(),
            PretrainCommand.Create(),
            TransferCommand.Create(),
            SweepCommand.Create((data, device) => new CellExecutor(data, device)),
            ReportCommand.Create(),
        };
}
