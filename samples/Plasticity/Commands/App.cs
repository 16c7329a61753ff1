using System.CommandLine;
using Zapping.CommandLine;

namespace Plasticity.Commands;

/// <summary>The command line.</summary>
internal static class App
{
    /// <param name="args">As the user gave them.</param>
    /// <param name="error">Where errors are written; null for standard error.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> args, TextWriter? error = null) => Invocation.RunAsync(Create(), args, error);

    /// <summary>All commands.</summary>
    public static RootCommand Create() =>
        new("Measures what resets do for networks that keep learning, on the problems on which the literature measures lost plasticity.")
        {
            ListCommand.Create(),
            RunCommand.Create(),
            CompareCommand.Create(),
            TuneCommand.Create(),
            ReportCommand.Create(),
            PackCommand.Create(),
        };
}
