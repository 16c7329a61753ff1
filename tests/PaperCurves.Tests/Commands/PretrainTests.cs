using FluentAssertions;
using PaperCurves.Files;
using PaperCurves.Pretraining;
using PaperCurves.Report.Live;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Tests.Shared;

namespace PaperCurves.Tests.Commands;

public sealed class PretrainTests
{
    [Theory]
    [InlineData("iid", 2, 1)]
    [InlineData("asb", 8, 5)]
    [InlineData("meta-asb", 6, 3)]
    public void In_two_pieces_it_gives_the_same_bits_as_in_one(string method, int length, int stop)
    {
        using var app = new AppProcess();
        string[] common = ["pretrain", "--preset", "smoke", "--threads", "1", "--method", method];

        app.Run([.. common, "--length", $"{length}", "--out", "whole"]).ExitCode.Should().Be(0);
        app.Run([.. common, "--length", $"{stop}", "--out", "pieces"]).ExitCode.Should().Be(0);
        var (exitCode, text) = app.Run([.. common, "--length", $"{length}", "--out", "pieces", "--resume"]);

        exitCode.Should().Be(0, text);
        var (whole, pieces) = (Newest(app, "whole"), Newest(app, "pieces"));
        pieces.Steps.Should().Be(whole.Steps);
        foreach (var file in new[] { "model.safetensors", "optimizer-0.safetensors" })
        {
            File.ReadAllBytes(Path.Combine(pieces.Path, file)).Should().Equal(File.ReadAllBytes(Path.Combine(whole.Path, file)), file);
        }

        if (method != "iid")
        {
            File.ReadAllText(Path.Combine(app.Folder, "pieces", "episodes.csv")).Should().Be(File.ReadAllText(Path.Combine(app.Folder, "whole", "episodes.csv")));
            EpisodeLog.Read(Path.Combine(app.Folder, "whole", "episodes.csv")).Should().ContainSingle().Which.AdaptedInnerAccuracy.Should().BeInRange(0, 1);
        }
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("QUIT")]
    public async Task Signals_save_and_end_with_a_code_of_their_own_and_resume_goes_on(string signal)
    {
        Signals.SkipUnlessReachedBy(signal);
        using var app = new AppProcess();
        string[] arguments = ["pretrain", "--preset", "smoke", "--threads", "1", "--method", "asb", "--save-every", "3", "--out", "out"];
        using var process = app.Start([.. arguments, "--length", "100000"]);
        var checkpoints = Path.Combine(app.Folder, "out", "checkpoints");
        while (!Directory.Exists(checkpoints) || !Directory.EnumerateDirectories(checkpoints, "*-step-*").Any())
        {
            process.HasExited.Should().BeFalse();
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        AppProcess.Send(process, signal);
        var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.Should().Be(130);
        text.Should().Contain("--resume");

        var saved = Newest(app, "out");
        app.Run([.. arguments, "--length", $"{saved.Steps + 2}", "--resume"]).ExitCode.Should().Be(0);
        Newest(app, "out").Steps.Should().Be(saved.Steps + 2);
    }

    [Fact]
    public async Task A_full_disk_under_the_output_does_not_end_the_work()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "the system has no disk that is always full");
        using var app = new AppProcess();
        using var process = app.StartInShell("pretrain --preset smoke --threads 1 --length 1 --out out > /dev/full");
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.Should().Be(0, errors);
        errors.Should().Contain("warning: the output can no longer be written (").And.Contain("); the work goes on.");
        File.Exists(Path.Combine(app.Output, "pretraining.json")).Should().BeTrue();
    }

    [Fact]
    public void Checkpoints_are_neither_overwritten_nor_mixed_up()
    {
        using var app = new AppProcess();
        string[] asb = ["pretrain", "--preset", "smoke", "--threads", "1", "--method", "asb", "--length", "4", "--out", "out"];
        Refused(["--resume"], "no checkpoint to resume from");
        app.Run(asb).ExitCode.Should().Be(0);
        Refused([], "--resume");
        Refused(["--resume", "--seed", "2"], "Seed is 1, not 2");
        Refused(["--resume", "--no-zap"], "Zap is True, not False");
        Refused(["--resume", "000009-step-4"], "not there");

        var (older, newest) = (Steps(1), Steps(0));
        File.AppendAllText(Path.Combine(newest, "model.safetensors"), "x");
        Refused(["--resume"], $"There is an older one: '{Path.GetFileName(older)}'");
        app.Run([.. asb, "--resume", Path.GetFileName(older)]).ExitCode.Should().Be(0);

        string Steps(int index) => Directory.GetDirectories(Path.Combine(app.Folder, "out", "checkpoints"), "*-step-*").OrderDescending(StringComparer.Ordinal).ElementAt(index);

        void Refused(string[] more, string message)
        {
            var (exitCode, text) = app.Run([.. asb, .. more]);
            exitCode.Should().Be(2, text);
            Unwrapped(text).Should().Contain(message).And.NotContain(" at PaperCurves");
        }
    }

    [Fact]
    public void A_pair_of_networks_is_transferred_and_reported_with_its_method()
    {
        using var app = new AppProcess();
        foreach (var zap in new[] { "--zap", "--no-zap" })
        {
            app.Run("pretrain", "--preset", "smoke", "--threads", "1", "--method", "meta-asb", "--model", "anml", "--length", "2", zap, "--out", zap[2..]).ExitCode.Should().Be(0);
        }

        var (exitCode, text) = app.Run(
            "transfer", "--without", "no-zap", "--with", "zap", "--preset", "smoke", "--threads", "1", "--trials", "1", "--out", app.Output);

        exitCode.Should().Be(0, text);
        text.Should().Contain("Meta-ASB");
        CsvLog<ResultRow>.Read(Path.Combine(app.Output, "results.csv")).Should().NotBeEmpty().And.OnlyContain(row => row.Pretraining == "meta-asb");
        app.Run("transfer", "--without", "no-zap", "--with", "nowhere", "--preset", "smoke").ExitCode.Should().Be(2);
    }

    [Fact]
    public void Three_arms_are_transferred_and_each_network_is_held_to_its_name()
    {
        using var app = new AppProcess();
        foreach (var arm in new[] { "--no-zap", "--zap", "--recommended" })
        {
            app.Run("pretrain", "--preset", "smoke", "--threads", "1", "--length", "2", arm, "--out", arm[2..]).ExitCode.Should().Be(0);
        }

        string[] transfer = ["transfer", "--preset", "smoke", "--threads", "1", "--trials", "1", "--iid-lr", "none", "--out", app.Output];
        var (exitCode, text) = app.Run([.. transfer, "--without", "no-zap", "--with", "zap", "--recommended", "recommended"]);

        exitCode.Should().Be(0, text);
        CsvLog<ResultRow>.Read(Path.Combine(app.Output, "results.csv")).Select(row => row.Reset).Distinct(StringComparer.Ordinal).Should().Equal("none", "zap", "recommended");
        var (refused, why) = app.Run([.. transfer, "--without", "no-zap", "--with", "recommended"]);
        refused.Should().Be(2);
        Unwrapped(why).Should().Contain("recommended: this is no network of published zapping").And.Contain("ZapBias is Zero, not Keep");
    }

    private static string Unwrapped(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static Checkpoint Newest(AppProcess app, string folder) => Checkpoint.Open(Path.Combine(app.Folder, folder, PretrainedNetwork.CheckpointFolder));
}
