using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace Zapping.CommandLine;

/// <summary>Runs a command line: what it does not understand it refuses in one line on standard error, before anything is done.</summary>
public static class Invocation
{
    // Not the largest integer, so that adding to it overflows nowhere.
    private const int NoWrapping = 100_000;

    private static readonly TimeSpan TimeToFinishAStep = TimeSpan.FromSeconds(30);

    /// <summary>Parses and runs work that signals ask to save and end.</summary>
    /// <param name="root">The program's commands; what runs is set by <see cref="CommandAction"/>.</param>
    /// <param name="args">As the user gave them.</param>
    /// <param name="error">Where errors are written; null for standard error.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(RootCommand root, IReadOnlyList<string> args, TextWriter? error = null)
    {
        using var told = new CancellationTokenSource();
        using var hungUp = When(PosixSignal.SIGHUP, told);
        using var quit = When(PosixSignal.SIGQUIT, told);
        return TryParse(root, args, error, out var parse, out var configuration)
            ? await parse.InvokeAsync(configuration, told.Token).ConfigureAwait(false)
            : ExitCodes.NotUsable;
    }

    /// <summary>The same for work on the thread that calls, which signals end at once.</summary>
    public static int Run(RootCommand root, IReadOnlyList<string> args, TextWriter? error = null) =>
        TryParse(root, args, error, out var parse, out var configuration) ? parse.Invoke(configuration) : ExitCodes.NotUsable;

    private static bool TryParse(RootCommand root, IReadOnlyList<string> args, TextWriter? error, out ParseResult parse, out InvocationConfiguration configuration)
    {
        if (Console.IsOutputRedirected)
        {
            PlainText();
        }

        parse = root.Parse(args);
        configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeToFinishAStep,
            Error = error ?? Console.Error,
        };
        if (parse.Action is not ParseErrorAction)
        {
            return true;
        }

        Refuse(root, args, parse, configuration.Error);
        return false;
    }

    // A file has no margin, where 80 columns would break paths, and no colors, which Spectre.Console writes on build servers.
    private static void PlainText()
    {
        AnsiConsole.Profile.Width = NoWrapping;
        AnsiConsole.Profile.Capabilities.Ansi = false;
        AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
        AnsiConsole.Profile.Capabilities.Links = false;
    }

    // Ctrl-C and SIGTERM are System.CommandLine's business; the closed terminal and Ctrl-\ are not.
    private static PosixSignalRegistration? When(PosixSignal signal, CancellationTokenSource source) => OperatingSystem.IsWindows()
        ? null
        : PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            source.Cancel();
        });

    private static void Refuse(RootCommand root, IReadOnlyList<string> args, ParseResult parse, TextWriter error)
    {
        var command = parse.CommandResult.Command;
        if (command.Subcommands.Count > 0 && parse.UnmatchedTokens.Count == 0)
        {
            root.Parse([.. args, "--help"]).Invoke(new InvocationConfiguration { Output = error });
            return;
        }

        // A word that is no command leaves the command missing too, which needs no saying.
        var known = command.Subcommands.Concat(root.Subcommands).Select(sub => sub.Name).Concat(command.Options.Select(option => option.Name)).ToList();
        var reasons = command.Subcommands.Count > 0
            ? [$"There is no command '{parse.UnmatchedTokens[0]}'."]
            : parse.Errors.Select(reason => OneLine.Of(reason.Message)).Distinct(StringComparer.Ordinal);
        var hints = parse.UnmatchedTokens.Select(token => Spelling.Guess(token, known)).OfType<string>().Select(near => $"Did you mean '{near}'?");
        error.WriteLine($"error: {string.Join(' ', [.. reasons, .. hints])} See '{NameOf(parse)} --help'.");
    }

    private static string NameOf(ParseResult parse)
    {
        var names = new Stack<string>();
        for (SymbolResult? at = parse.CommandResult; at is not null; at = at.Parent)
        {
            names.Push(((CommandResult)at).Command.Name);
        }

        return string.Join(' ', names);
    }
}
