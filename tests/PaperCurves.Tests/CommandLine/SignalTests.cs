using System.CommandLine;
using System.Diagnostics;
using FluentAssertions;
using PaperCurves.CommandLine;
using PaperCurves.Tests.Commands;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace PaperCurves.Tests.CommandLine;

/// <summary>Signals that ask a program to end reach the work of every command, which all run in one way.</summary>
[Collection(AloneCollection.Name)] // they reach the whole process
public sealed class SignalTests
{
    [Theory]
    [InlineData("HUP")]
    [InlineData("QUIT")]
    public async Task Work_is_asked_to_save_and_end(string signal)
    {
        AppProcess.SkipUnlessReachedBy(signal);
        var root = new RootCommand();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CommandAction.Of(root, (_, cancellationToken) =>
        {
            begun.SetResult();
            return cancellationToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(20)) ? ExitCodes.Interrupted : ExitCodes.Done;
        });
        var run = Invocation.RunAsync(root, []);
        await begun.Task;
        using var self = Process.GetCurrentProcess();

        AppProcess.Send(self, signal);

        (await run).Should().Be(130);
    }
}
