using System.Text.Json;
using FluentAssertions;
using PaperCurves.Files;
using PaperCurves.Report.Live;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace PaperCurves.Tests.Commands;

public sealed class AppTests
{
    [Fact]
    public void Without_data_it_draws_glyphs_runs_everything_and_says_what_it_used()
    {
        using var app = new AppProcess();

        var (exitCode, text) = app.Run("run", "--preset", "smoke", "--out", app.Output, "--seed", "7", "--threads", "1");

        exitCode.Should().Be(0);
        text.Should().Contain("SyntheticGlyphs").And.Contain("recommended zapping").And.Contain("After 12 classes: ")
            .And.Contain("on 6 classes").And.Contain("One learning rate for all");
        File.ReadAllBytes(Path.Combine(app.Output, "curves.png")).AsSpan(1, 3).ToArray().Should().Equal("PNG"u8.ToArray());
        var rows = CsvLog<ResultRow>.Read(Path.Combine(app.Output, "results.csv"));
        rows.Where(row => row.Pool == "test").Select(row => (row.Transfer, row.Reset, row.Trial, row.LearningRate)).Distinct()
            .Should().HaveCount(12, "2 protocols, 3 arms, 2 trials, each at one rate");
        rows.Where(row => row.Pool == "validation").Select(row => (row.Transfer, row.Reset, row.Trial, row.LearningRate)).Distinct()
            .Should().HaveCount(12, "1 protocol with a choice, 3 arms, 2 trials, 2 rates");
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(app.Output, "run.json")));
        record.RootElement.GetProperty("outcome").GetString().Should().Be("finished");
        record.RootElement.GetProperty("data").GetString().Should().Be("SyntheticGlyphs");
        record.RootElement.GetProperty("settings").GetProperty("seed").GetInt32().Should().Be(7);
        record.RootElement.GetProperty("pretraining").EnumerateObject().Select(arm => arm.Name).Should().Equal("none", "zap", "recommended");
        record.RootElement.GetProperty("circumstances").GetProperty("versions").GetProperty("TorchSharp").GetString().Should().StartWith("0.107");
    }

    [Fact]
    public void The_same_seed_gives_the_same_results_and_saved_networks_can_be_transferred_again()
    {
        using var first = new AppProcess();
        using var second = new AppProcess();
        string[] arguments = ["run", "--preset", "smoke", "--threads", "1", "--iid-lr", "none", "--trials", "1", "--out"];

        first.Run([.. arguments, first.Output]).ExitCode.Should().Be(0);
        second.Run([.. arguments, second.Output, "--pretrained", first.Output]).ExitCode.Should().Be(0);

        File.ReadAllText(Path.Combine(second.Output, "results.csv")).Should().Be(File.ReadAllText(Path.Combine(first.Output, "results.csv")));
    }

    [Fact]
    public void A_sweep_in_pieces_is_reported_as_far_as_it_is()
    {
        using var app = new AppProcess();
        string[] sweep = ["smoke", "--threads", "1", "--out", app.Output];
        var (nothing, says) = app.Run(["report", .. sweep]);
        nothing.Should().Be(2);
        says.Should().Contain("there are no results to report yet");

        app.Run(["sweep", "run", .. sweep, "--only", "iid-s1/head*"]).ExitCode.Should().Be(0);
        app.Run(["sweep", "run", .. sweep, "--only", "iid-zap-s1/*"]).ExitCode.Should().Be(0);
        var (exitCode, text) = app.Run(["report", .. sweep]);

        exitCode.Should().Be(0, text);
        var page = File.ReadAllText(Path.Combine(app.Output, "report", "report.html"));
        page.Should().Contain("C1").And.Contain("iid-s2/head-lr1e-3-t1", "it is listed as not run");
        foreach (var table in new[] { "sequential", "iid", "zero-shot" })
        {
            new FileInfo(Path.Combine(app.Output, $"{table}.parquet")).Length.Should().BePositive();
        }
    }

    [Fact]
    public void A_wrong_argument_is_one_line_on_standard_error_and_exit_code_2()
    {
        using var app = new AppProcess();
        var (exitCode, output, errors) = app.RunApart("run", "--iid-lr", "1e-3,fast");
        exitCode.Should().Be(2);
        output.Should().BeEmpty();
        errors.Should().Contain("'fast' is not a learning rate");
        Directory.EnumerateFileSystemEntries(app.Folder).Should().BeEmpty();
    }

    [Fact]
    public async Task Ctrl_C_ends_it_between_two_steps_and_keeps_what_is_finished()
    {
        Signals.SkipUnlessReachedBy("INT");
        using var app = new AppProcess();
        using var process = app.Start("run", "--preset", "quick", "--out", app.Output, "--threads", "1");
        while (!File.Exists(Path.Combine(app.Output, "results.csv")))
        {
            process.HasExited.Should().BeFalse();
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        await Task.Delay(500, TestContext.Current.CancellationToken);
        AppProcess.Send(process, "INT");
        var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.Should().Be(130);
        text.Should().Contain("--resume");
        File.ReadAllText(Path.Combine(app.Output, "run.json")).Should().Contain("\"interrupted\"");
        Directory.EnumerateDirectories(Path.Combine(app.Output, "pretrained", "none", "checkpoints"), "*-step-*").Should().NotBeEmpty("the network on its way is saved");
    }

    [Fact]
    public void A_resumed_run_makes_only_what_is_missing_and_ends_with_the_same_results()
    {
        using var app = new AppProcess();
        string[] arguments = ["run", "--preset", "smoke", "--threads", "1", "--trials", "1"];
        app.Run([.. arguments, "--out", "whole"]).ExitCode.Should().Be(0);
        app.Run([.. arguments, "--out", "pieces", "--iid-lr", "none"]).ExitCode.Should().Be(0);
        var (exitCode, text) = app.Run([.. arguments, "--out", "pieces", "--resume"]);
        exitCode.Should().Be(0, text);
        text.Should().Contain("i.i.d. (zap)").And.NotContain("sequential (zap)").And.NotContain("evaluating");
        Rows("pieces").Should().BeEquivalentTo(Rows("whole"));
        app.Run([.. arguments, "--out", "pieces", "--seed", "2", "--resume"]).ExitCode.Should().Be(2);

        // As if it had been killed between the choice of rates and the tests.
        foreach (var test in Directory.GetFiles(Path.Combine(app.Folder, "pieces", "cells"), "*-t1.json", SearchOption.AllDirectories))
        {
            File.Delete(test);
        }

        File.Delete(Path.Combine(app.Folder, "pieces", "results.csv"));
        app.Run([.. arguments, "--out", "pieces", "--resume"]).ExitCode.Should().Be(0);
        Rows("pieces").Should().BeEquivalentTo(Rows("whole"));

        IReadOnlyList<ResultRow> Rows(string folder) => CsvLog<ResultRow>.Read(Path.Combine(app.Folder, folder, "results.csv"));
    }

    [Fact]
    public void Help_tells_a_newcomer_what_there_is()
    {
        using var app = new AppProcess();
        var (exitCode, text) = app.Run("run", "--help");
        exitCode.Should().Be(0);
        foreach (var option in new[] { "--preset", "--data", "--download", "--device", "--seed", "--threads", "--out" })
        {
            text.Should().Contain(option);
        }
    }
}
