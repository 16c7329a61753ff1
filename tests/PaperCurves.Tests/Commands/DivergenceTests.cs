using System.Text.Json.Nodes;
using FluentAssertions;
using PaperCurves.Files;
using PaperCurves.Pretraining;
using PaperCurves.Report.Live;
using Xunit;

namespace PaperCurves.Tests.Commands;

/// <summary>Trainings whose loss becomes NaN: one line, a code of their own, and the good checkpoint named and usable.</summary>
public sealed class DivergenceTests
{
    // Widths of whole blocks of 16 are computed rightly on every machine.
    private static readonly string[] Small = ["--preset", "smoke", "--threads", "1"];

    [Theory]
    [InlineData("iid", "--lr")]
    [InlineData("asb", "--lr")]
    [InlineData("meta-asb", "--lr")]
    [InlineData("asb", "--inner-lr")]
    public void Pretraining_says_where_and_keeps_the_checkpoint_before(string method, string rate)
    {
        using var app = new AppProcess();
        string[] common = ["pretrain", .. Small, "--width", "16", "--method", method, "--save-every", "1", "--out"];

        var (exitCode, output, errors) = app.RunApart([.. common, "diverged", rate, "1e37"]);

        exitCode.Should().Be(3, output + errors);
        var line = errors.Should().EndWith("\n").And.Subject.Trim();
        line.Should().StartWith("error: diverged: ").And.MatchRegex("the loss is (NaN|-?Infinity) at step [0-9]+, after ").And.NotContain("\n").And.NotContain("   at ");
        output.Should().NotContain("Unhandled");
        var checkpoints = Path.Combine(app.Folder, "diverged", PretrainedNetwork.CheckpointFolder);
        if (line.Contains("There is no checkpoint of the steps before.", StringComparison.Ordinal))
        {
            Directory.EnumerateDirectories(checkpoints, "*-step-*").Should().BeEmpty();
            return;
        }

        var kept = line.Split("The checkpoint before it is kept: ")[1].Split(", after")[0];
        PretrainedNetwork.Load(kept).Model.Dispose();
    }

    [Fact]
    public void A_run_keeps_its_networks_and_what_it_has_transferred()
    {
        using var app = new AppProcess();
        string[] run = ["run", .. Small, "--width", "16", "--trials", "1", "--out", "out"];

        var (exitCode, output, errors) = app.RunApart([.. run, "--iid-lr", "none", "--head-lr", "1e-3,1e38"]);

        exitCode.Should().Be(3, output + errors);
        errors.Trim().Should().StartWith("error: sequential (none), trial 1, lr 1e+38, held-out classes: the transfer diverged: the loss is ")
            .And.Contain("Try a lower learning rate than 1e+38").And.NotContain("\n").And.NotContain("   at ");
        var record = JsonNode.Parse(File.ReadAllText(Path.Combine(app.Folder, "out", "run.json")))!;
        ((string?)record["outcome"], $"error: {record["reason"]}").Should().Be(("diverged", errors.Trim()));
        CsvLog<ResultRow>.Read(Path.Combine(app.Folder, "out", "results.csv")).Should().NotBeEmpty().And.OnlyContain(row => row.LearningRate == 1e-3);

        var transfer = app.RunApart(
            ["transfer", .. Small, "--without", "out/pretrained/none", "--with", "out/pretrained/zap", "--trials", "1", "--head-lr", "none", "--iid-lr", "1e38", "--out", "transfer"]);
        transfer.ExitCode.Should().Be(3, transfer.Output + transfer.Errors);
        transfer.Errors.Trim().Should().StartWith("error: i.i.d. (none), trial 1, lr 1e+38: the transfer diverged").And.NotContain("\n");

        app.Run([.. run, "--iid-lr", "none", "--head-lr", "1e-3", "--resume"]).ExitCode.Should().Be(0, "what is there goes on at another rate");
        record = JsonNode.Parse(File.ReadAllText(Path.Combine(app.Folder, "out", "run.json")))!;
        ((string?)record["outcome"], (string?)record["reason"]).Should().Be(("finished", null));
    }

    [Fact]
    public void A_run_that_is_refused_leaves_the_results_of_the_first()
    {
        using var app = new AppProcess();
        string[] run = ["run", .. Small, "--width", "16", "--trials", "1", "--iid-lr", "none", "--out"];
        var deep = Path.Combine(app.Folder, string.Join('/', Enumerable.Repeat("a-folder-with-a-long-name", 6)));
        var (exitCode, output, errors) = app.RunApart([.. run, deep]);
        exitCode.Should().Be(0, output + errors);
        output.Should().Contain(Path.Combine(deep, "curves.png"), "paths are not broken where the output is a file");
        (output + errors).Should().NotContainAny("\u001b", "\r");
        var before = File.ReadAllText(Path.Combine(deep, "results.csv"));

        Refused([.. run, deep, "--seed", "5"], "an earlier run has left ");
        Refused(["run", "--preset", "quick", "--threads", "1", "--pretrained", deep, "--out", "other"], "100 transfer classes are asked for, but the network's classifier has 48 units");

        File.ReadAllText(Path.Combine(deep, "results.csv")).Should().Be(before);
        Directory.Exists(Path.Combine(app.Folder, "other")).Should().BeFalse();

        var cell = Directory.GetFiles(Path.Combine(deep, "cells", "none"), "*.json")[0];
        File.WriteAllText(cell, File.ReadAllText(cell).Replace("\"query\": 5", "\"query\": 4", StringComparison.Ordinal));
        Refused([.. run, deep, "--resume"], "is of another experiment: settings.query is 4, not 5. Give the same options, or another --out.");
        Directory.Delete(Path.Combine(deep, "cells"), recursive: true);
        Refused([.. run, deep, "--resume"], "results.csv: another version of the app wrote it, and kept no results beside it");

        void Refused(string[] arguments, string message)
        {
            var refused = app.RunApart(arguments);
            refused.ExitCode.Should().Be(2, refused.Output + refused.Errors);
            refused.Errors.Trim().Should().StartWith("error: ").And.Contain(message).And.NotContain("\n");
        }
    }
}
