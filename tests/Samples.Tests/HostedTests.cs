using System.Diagnostics;
using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace Samples.Tests;

/// <summary>The sample in the generic host: it learns, obeys its settings, and can be stopped and started again.</summary>
public sealed class HostedTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-hosted-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void It_resets_before_every_epoch_but_the_first_and_learns_to_read()
    {
        var lines = Sample.Lines("Hosted", "--Training:Epochs", "5", "--Training:Checkpoints", _folder.FullName);

        lines.Count(line => line.Contains("ZapPolicy reset 10 rows of weights", StringComparison.Ordinal)).Should().Be(4);
        lines.Should().Contain(line => line.EndsWith("Checkpoint 000001-step-200 saved after 200 steps", StringComparison.Ordinal));
        var accuracy = lines.Should().ContainSingle(line => line.Contains("of new readings", StringComparison.Ordinal)).Which;
        double.Parse(accuracy.Split("] ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture).Should().BeGreaterThan(60, "chance is 10 %");
    }

    [Fact]
    public void A_bad_setting_is_refused_before_training_begins()
    {
        var (exitCode, output, errors) = Sample.Run("Hosted", "--Zapping:Period", "0", "--Training:Checkpoints", _folder.FullName);

        exitCode.Should().Be(2);
        errors.Trim().Should().StartWith("error: ").And.Contain("Zapping:Period is '0', but it must be a whole number of 1 or more.").And.NotContain("\n");
        output.Should().NotContain("Epoch 0");
        _folder.EnumerateFileSystemInfos().Should().BeEmpty();
    }

    [Fact]
    public async Task Ctrl_C_saves_and_the_next_start_goes_on()
    {
        Signals.SkipUnlessReachedBy("INT");
        using var process = Start("--Training:Epochs", "1000000");
        await Until(process, "Epoch 3 begins");

        using (var signal = Process.Start("kill", ["-INT", $"{process.Id}"]))
        {
            await signal.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var rest = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.Should().Be(0);
        var steps = int.Parse(rest.Split("Told to stop after ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        steps.Should().BeGreaterThanOrEqualTo(120, "three epochs have 40 steps each");
        rest.Should().Contain($"saved after {steps} steps");

        var epochs = (steps / 40) + 2;
        var lines = Sample.Lines("Hosted", "--Training:Epochs", $"{epochs}", "--Training:Checkpoints", _folder.FullName);

        lines.Should().Contain(line => line.EndsWith($", after {steps} steps", StringComparison.Ordinal), "it resumes");
        lines.Should().Contain(line => line.EndsWith($"saved after {epochs * 40} steps", StringComparison.Ordinal));
    }

    private static async Task Until(Process process, string text)
    {
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"'{text}' was never said.");
    }

    private Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Hosted.dll"), "--Training:Checkpoints", _folder.FullName, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
}
