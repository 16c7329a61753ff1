using System.Text.Json.Nodes;
using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Runs;
using Xunit;
using Zapping.Datasets;
using Zapping.Training.Checkpoints;
using Zapping.Training.Files;
using Zapping.Training.Tests.Shared;

namespace PaperCurves.Tests.Commands;

/// <summary>Commands that begin where an earlier one was, or still is: nothing is replaced without a word, and who is refused changes nothing.</summary>
[Collection(AloneCollection.Name)] // commands set the number of threads
public sealed class UsedFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-used-");

    private string this[string name] => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_second_run_says_what_the_first_has_left_and_what_resume_does()
    {
        string[] run = ["run", .. InProcess.Small, "--width", "16", "--trials", "1", "--iid-lr", "none", "--out", this["o"]];
        await RefusedAsync("o: there is nothing to resume. Leave --resume out", [.. run, "--resume"]);
        await InProcess.DoneAsync(run);

        const string Left = "o: an earlier run has left ";
        await RefusedAsync(Left, run);
        await RefusedAsync("evaluations in results.csv, run.json, curves.png, a network of no zapping (", run);
        await RefusedAsync("Add --resume to go on with it, which makes only what is missing, or give another --out.", run);
        await RefusedAsync(Left, [.. run, "--seed", "5"]);
        await RefusedAsync(Left, ["run", .. InProcess.Small, "--pretrained", this["o"], "--out", this["o"]]);
        CopyWithoutRecord("o", "copy");
        await RefusedAsync("Seed is 1, not 5", [.. run[..^2], "--seed", "5", "--out", this["copy"], "--resume"]);
        await RefusedAsync("its results are of another network of no zapping: trained here with seed 1, not trained here with seed 5.", [.. run, "--seed", "5", "--resume"]);
        await RefusedAsync("Width is 16, not 32", ["run", .. InProcess.Small, "--width", "32", "--out", this["o"], "--resume"]);

        string[] transfer = ["transfer", .. InProcess.Small, "--trials", "1", "--iid-lr", "none", "--without", this["o/pretrained/none"], "--with", this["o/pretrained/zap"], "--out"];
        await RefusedAsync(Left, [.. transfer, this["o"]]);
        await InProcess.DoneAsync([.. transfer, this["t"]]);
        await RefusedAsync("t: an earlier run has left ", [.. transfer, this["t"]]);
        var record = await File.ReadAllTextAsync(this["t/run.json"], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(this["t/run.json"], record.Replace("seed 1, ", "seed 8, ", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await RefusedAsync("its results are of another network of no zapping: seed 8, ", [.. transfer, this["t"], "--resume"]);
        await File.WriteAllTextAsync(this["t/run.json"], record[..40], TestContext.Current.CancellationToken);
        await RefusedAsync("run.json:", [.. transfer, this["t"], "--resume"]);

        await InProcess.DoneAsync([.. run, "--resume"]);
        using (FileLock.Try(this["o/.lock"]))
        {
            await RefusedAsync("o: this process is at work there.", [.. run, "--resume"]);
            await RefusedAsync("o: this process is at work there.", run);
        }
    }

    [Fact]
    public async Task A_second_pretraining_says_what_the_first_has_left()
    {
        string[] pretrain = ["pretrain", .. InProcess.Small, "--width", "16", "--length", "1", "--out", this["o"]];
        await RefusedAsync("o: there is no checkpoint to resume from.", [.. pretrain, "--resume"]);
        await InProcess.DoneAsync(pretrain);

        await RefusedAsync("o: there are checkpoints of an earlier run (", pretrain);
        await RefusedAsync("o: there are checkpoints of an earlier run (", [.. pretrain, "--seed", "5", "--method", "asb"]);
        await RefusedAsync("Seed is 1, not 5", [.. pretrain, "--resume", "--seed", "5"]);
        await RefusedAsync("the checkpoint '000009-step-9' is not there", [.. pretrain, "--resume", "000009-step-9"]);
        await RefusedAsync("the checkpoint '../checkpoints' is not there", [.. pretrain, "--resume", "../checkpoints"]);
        await RefusedAsync("takes images of", [.. pretrain, "--resume", "--model", "resnet18"]);
        using (new CheckpointStore(this["o/checkpoints"]))
        {
            await RefusedAsync("o: this process is at work there.", [.. pretrain, "--resume"]);
        }

        var steps = await File.ReadAllTextAsync(this["o/steps.csv"], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(this["o/steps.csv"], steps + "damage\n", TestContext.Current.CancellationToken);
        await RefusedAsync("steps.csv:", ["pretrain", .. InProcess.Small, "--width", "16", "--length", "2", "--out", this["o"], "--resume"]);

        Directory.Delete(this["o/checkpoints"], recursive: true);
        await RefusedAsync("o: an earlier run has left pretraining.json, steps.csv, but there is no checkpoint to resume from. Move it away", pretrain);
        await RefusedAsync("o: an earlier run has left pretraining.json, steps.csv, but there is no checkpoint to resume from. Move it away", [.. pretrain, "--resume"]);
    }

    [Fact]
    public async Task A_run_that_cannot_write_a_file_of_a_network_says_so_in_its_record()
    {
        Directory.CreateDirectory(this["o/pretrained/none/steps.csv"]);
        var (exitCode, errors) = await InProcess.RunAsync(["run", .. InProcess.Small, "--width", "16", "--trials", "1", "--iid-lr", "none", "--out", this["o"]]);
        exitCode.Should().Be(2, errors);
        var record = JsonNode.Parse(await File.ReadAllTextAsync(this["o/run.json"], TestContext.Current.CancellationToken))!;
        ((string?)record["outcome"], $"error: {record["reason"]}").Should().Be(("failed", errors.Trim()));
    }

    [Fact]
    public void Who_finished_while_the_data_were_read_is_noticed_too()
    {
        RunFolder.EnsureMeant(_folder.FullName, resume: false);
        File.WriteAllText(this["results.csv"], "of another\n");

        FluentActions.Invoking(() => RunFolder.Take(_folder.FullName, resume: false)).Should().Throw<DataException>().WithMessage("*an earlier run has left 0 evaluations in results.csv.*");

        RunFolder.Take(_folder.FullName, resume: true).Dispose();
        File.ReadAllText(this["results.csv"]).Should().Be("of another\n");
    }

    [Fact]
    public void Checkpoints_are_found_by_number_and_copies_are_none()
    {
        foreach (var name in new[] { "000009-step-4", "000010-step-2", "000011-step-9 - Copy", "1000000-step-1", "x-step-3", ".unfinished" })
        {
            Directory.CreateDirectory(this[$"checkpoints/{name}"]);
        }

        PretrainingFolder.CheckpointsIn(_folder.FullName).Should().Equal(("1000000-step-1", 1), ("000010-step-2", 2), ("000009-step-4", 4));
        PretrainingFolder.CheckpointsIn(this["nowhere"]).Should().BeEmpty();
    }

    private Task RefusedAsync(string message, string[] arguments) => InProcess.RefusedAsync(_folder.FullName, message, arguments);

    // As an earlier version of the app has left it, which did not write down whose results they are.
    private void CopyWithoutRecord(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(this[from], "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "run.json"))
        {
            var copy = Path.Combine(this[to], Path.GetRelativePath(this[from], file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
