using FluentAssertions;
using PaperCurves.Commands;
using Xunit;

namespace PaperCurves.Tests.Commands;

/// <summary>The app without a process of its own. Its users belong to the tests that run alone: it sets the number of threads.</summary>
internal static class InProcess
{
    /// <summary>Settings with which networks are small and quick.</summary>
    public static readonly string[] Small = ["--preset", "smoke", "--threads", "1"];

    /// <summary>Runs a command line that is to do its work.</summary>
    public static async Task DoneAsync(params string[] arguments)
    {
        var (exitCode, errors) = await RunAsync(arguments).ConfigureAwait(false);
        Assert.True(exitCode == 0, errors);
    }

    /// <summary>Runs a command line; what goes to the standard output is dropped by the runner of the tests.</summary>
    public static async Task<(int ExitCode, string Errors)> RunAsync(params string[] arguments)
    {
        var errors = new StringWriter();
        await using var _ = errors.ConfigureAwait(false);
        return (await App.RunAsync(arguments, errors).ConfigureAwait(false), errors.ToString());
    }

    /// <summary>Runs a command line that is to be refused in one line, and to leave a folder as it was.</summary>
    /// <param name="folder">Everything in it is compared.</param>
    /// <param name="message">A part of the line.</param>
    /// <param name="arguments">The command line.</param>
    public static async Task RefusedAsync(string folder, string message, params string[] arguments)
    {
        var before = Tree.Of(folder);
        var (exitCode, errors) = await RunAsync(arguments).ConfigureAwait(false);
        var because = string.Join(' ', arguments);
        exitCode.Should().Be(2, "of {0}: {1}", because, errors);
        errors.Should().StartWith("error: ").And.Contain(message, "of {0}", because);
        errors.TrimEnd('\r', '\n').Should().NotContainAny("\n", "\r");
        Tree.Of(folder).Should().Equal(before, "{0} is refused", because);
    }
}
