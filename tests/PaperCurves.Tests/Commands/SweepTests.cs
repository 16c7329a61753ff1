using System.CommandLine;
using FluentAssertions;
using PaperCurves.Commands;
using PaperCurves.Tests.Sweeps;
using Xunit;
using Zapping.CommandLine;
using Zapping.Training.Tests.Shared;

namespace PaperCurves.Tests.Commands;

[Collection(AloneCollection.Name)] // the app sets the number of threads
public sealed class SweepTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-sweep-");

    private string Errors { get; set; } = "";

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_smoke_sweep_runs_tells_how_far_it_is_and_is_collected()
    {
        var work = new FakeCellExecutor();

        (await InvokeAsync(work, ["run", "smoke"])).Should().Be(0);
        (await InvokeAsync(work, ["run", "smoke"])).Should().Be(0);
        (await InvokeAsync(work, ["status", "smoke"])).Should().Be(0);
        (await InvokeAsync(work, ["collect", "smoke"])).Should().Be(0);

        work.Begun.Should().OnlyHaveUniqueItems().And.Contain(["iid-s2", "iid-zap-s1/unfrozen-lr1e-4-t1-validation", "iid-s1/zero-shot-t1"]);
        foreach (var table in new[] { "sequential", "iid", "zero-shot" })
        {
            File.Exists(Path.Combine(_folder.FullName, $"{table}.parquet")).Should().BeTrue();
        }
    }

    [Fact]
    public async Task Failures_and_interruptions_have_codes_of_their_own()
    {
        (await InvokeAsync(new FakeCellExecutor { Before = _ => throw new InvalidOperationException("out of luck\nframe #0") }, ["run", "smoke", "--only", "iid-s1*"])).Should().Be(4);
        Errors.Should().Contain("iid-s1: InvalidOperationException: out of luck").And.NotContain("frame #0");
        (await InvokeAsync(new FakeCellExecutor { Before = _ => throw new DivergenceException("the loss is NaN at step 3") }, ["run", "smoke", "--only", "iid-s1*"])).Should().Be(4);
        Errors.Should().Contain("iid-s1: the loss is NaN at step 3");
        (await File.ReadAllLinesAsync(Path.Combine(_folder.FullName, "cells", "iid-s1.failed.txt"), TestContext.Current.CancellationToken))[0].Should().Be("the loss is NaN at step 3");

        using var source = new CancellationTokenSource();
        (await InvokeAsync(new FakeCellExecutor { Before = _ => source.Cancel() }, ["run", "smoke"], cancellationToken: source.Token)).Should().Be(130);
    }

    [Fact]
    public async Task A_finished_sweep_is_packed_and_read_from_there()
    {
        var packed = Path.Combine(_folder.FullName, "packed");
        (await InvokeAsync(new FakeCellExecutor(), ["run", "smoke", "--only", "iid-s1*"])).Should().Be(0);
        (await InvokeAsync(new FakeCellExecutor(), ["pack", "smoke", "--from", _folder.FullName], output: packed)).Should().Be(2);
        Errors.Should().Contain("cells have no result").And.Contain("--partial");

        (await InvokeAsync(new FakeCellExecutor(), ["pack", "smoke", "--partial", "--from", _folder.FullName], output: packed)).Should().Be(0);
        (await InvokeAsync(new FakeCellExecutor(), ["status", "smoke"], output: packed)).Should().Be(0);
        (await InvokeAsync(new FakeCellExecutor(), ["collect", "smoke", "--from", packed], output: Path.Combine(_folder.FullName, "tables"))).Should().Be(0);
        File.Exists(Path.Combine(_folder.FullName, "tables", "iid.parquet")).Should().BeTrue();

        (await InvokeAsync(new FakeCellExecutor(), ["run", "smoke"], output: packed)).Should().Be(2);
        Errors.Should().Contain("this is a packed sweep, to which nothing can be added");
    }

    [Fact]
    public void Looking_says_on_which_data_and_leaves_nothing_behind()
    {
        using var app = new AppProcess();

        var (exitCode, text) = app.Run("sweep", "status", "smoke", "--out", "nowhere");

        exitCode.Should().Be(0, text);
        text.Should().Contain("Data: SyntheticGlyphs, drawn by the app, as there is no Omniglot here; --data PATH or --download takes Omniglot.");
        Directory.GetFileSystemEntries(app.Folder).Should().BeEmpty();
    }

    [Fact]
    public async Task A_bad_file_is_one_line()
    {
        (await InvokeAsync(new FakeCellExecutor(), ["run", "smokey"])).Should().Be(2);
        Errors.Trim().Should().StartWith("error: smokey: there is no such file").And.NotContain("\n");
    }

    // As many threads as there are: others test in this process meanwhile.
    private async Task<int> InvokeAsync(FakeCellExecutor work, string[] arguments, string? output = null, CancellationToken cancellationToken = default)
    {
        using var errors = new StringWriter();
        var root = new RootCommand { SweepCommand.Create((_, _) => work) };
        string[] all = ["sweep", .. arguments, "--out", output ?? _folder.FullName, "--threads", $"{TorchSharp.torch.get_num_threads()}"];
        var exitCode = await root.Parse(all).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Error = errors }, cancellationToken).ConfigureAwait(false);
        Errors = errors.ToString();
        return exitCode;
    }
}
