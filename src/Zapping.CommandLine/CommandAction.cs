using System.CommandLine;
using Zapping.Training;

namespace Zapping.CommandLine;

/// <summary>
/// The one way in which commands run: whatever the work ends with becomes an exit code and, where it failed, one line on
/// standard error.
/// </summary>
public static class CommandAction
{
    /// <summary>Work that Ctrl-C, SIGTERM, SIGHUP and SIGQUIT ask to save and end.</summary>
    /// <param name="command">The command, which gets the action.</param>
    /// <param name="work">
    /// Returns one of <see cref="ExitCodes"/>, and throws <see cref="OperationCanceledException"/> if it is interrupted and has
    /// said nothing itself. Synchronous, so that all of it runs on one thread, from which glibc keeps large blocks.
    /// </param>
    public static void Of(Command command, Func<ParseResult, CancellationToken, int> work) => command.SetAction(
        (parse, cancellationToken) => NativeAllocator.RunAsync(() => Run(parse, () => work(parse, cancellationToken), cancellationToken)));

    /// <summary>Work on the thread that calls, which a signal ends at once.</summary>
    /// <param name="command">The command, which gets the action.</param>
    /// <param name="work">Returns one of <see cref="ExitCodes"/>.</param>
    public static void Of(Command command, Func<ParseResult, int> work) => command.SetAction(parse => Run(parse, () => work(parse), CancellationToken.None));

    private static int Run(ParseResult parse, Func<int> work, CancellationToken cancellationToken)
    {
        try
        {
            return work();
        }
        catch (Exception exception)
        {
            var failure = Failure.Of(exception, cancellationToken);
            failure.WriteTo(parse.InvocationConfiguration.Error);
            return failure.ExitCode;
        }
    }
}
