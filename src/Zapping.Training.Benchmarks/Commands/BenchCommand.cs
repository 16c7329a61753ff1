using System.CommandLine;
using BenchmarkDotNet.Running;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>bench: the benchmarks of BenchmarkDotNet, which reads all other options.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var command = new Command(
            "bench",
            "Run benchmarks of BenchmarkDotNet; all options but these are its own, such as --filter '*Reset*', --list flat or --job dry (default: short).")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            machine.SetUp(parse);
            var summaries = BenchmarkSwitcher.FromAssembly(typeof(BenchCommand).Assembly).Run(Arguments(parse.UnmatchedTokens));
            return summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
        });
        return command;
    }

    // In this process, because a project that BenchmarkDotNet generates would get another copy of libtorch, without what
    // eng/Backend.targets does to make it load, and because this one has been set up.
    private static string[] Arguments(IReadOnlyList<string> given) => given.Any(argument => argument is "--job" or "-j")
        ? [.. given, "--inProcess"]
        : [.. given, "--inProcess", "--job", "short"];
}
