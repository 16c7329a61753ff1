using FluentAssertions;
using Plasticity.Commands;
using Plasticity.Runs;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace Plasticity.Tests;

/// <summary>The sample as its commands run it.</summary>
[Collection(AloneCollection.Name)] // it sets the number of threads
public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("zapping-plasticity-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_comparison_leaves_runs_a_table_and_pictures_and_goes_on_where_it_was_stopped()
    {
        (await App.RunAsync(["compare", "--smoke", "--optimizers", "sgd", "--out", _folder])).Should().Be(0);
        var runs = Directory.GetFiles(_folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        runs.Should().HaveCount(3);
        foreach (var file in new[] { "random-labels-sgd-0.1-2-tasks.png", "random-labels-sgd-0.1-2-tasks-inside.png", "random-labels-sgd-0.1-2-tasks-gap.png", "random-labels-sgd-0.1-2-tasks.md" })
        {
            new FileInfo(Path.Combine(_folder, file)).Length.Should().BePositive(file);
        }

        var before = runs.ConvertAll(File.ReadAllText);
        File.Delete(runs[1]);
        var kept = File.GetLastWriteTimeUtc(runs[0]);
        (await App.RunAsync(["compare", "--smoke", "--optimizers", "sgd", "--out", _folder])).Should().Be(0);
        File.GetLastWriteTimeUtc(runs[0]).Should().Be(kept, "it was there");
        Without(File.ReadAllText(runs[1])).Should().Be(Without(before[1]), "a run is a function of its settings");
        new RunStore(_folder).ReadAll().Should().HaveCount(3);

        // Packed, they are read as they were, and report puts tables and pictures elsewhere.
        var (packed, page) = (Path.Combine(_folder, "packed"), Path.Combine(_folder, "page"));
        (await App.RunAsync(["pack", _folder, "--out", packed])).Should().Be(0);
        Directory.GetFiles(packed).Select(Path.GetFileName).Should().Equal("random-labels-sgd-0.1.jsonl");
        new RunStore(packed).ReadAll().Select(run => run.PerTask[1]).Should().BeEquivalentTo(new RunStore(Path.Combine(_folder, "random-labels")).ReadAll().Select(run => run.PerTask[1]));
        (await App.RunAsync(["report", packed, "--out", page])).Should().Be(0);
        File.ReadAllText(Path.Combine(page, "random-labels-sgd-0.1-2-tasks.md")).Should().Contain("| head (period 1) |");
        Directory.GetFiles(packed).Should().ContainSingle();

        // How long it took differs.
        static string Without(string json) => System.Text.RegularExpressions.Regex.Replace(json, "\"seconds\":[0-9.]+", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("permuted-labels needs more images than can be drawn: give the folder of MNIST with --mnist.", "compare", "--problem", "permuted-labels")]
    [InlineData("class-pairs needs CIFAR-100: say where it is with --cifar100.", "run", "--problem", "class-pairs")]
    [InlineData("character-tens needs Omniglot: say where it is with --omniglot.", "run", "--problem", "character-tens")]
    [InlineData("nothing has no runs: compare makes some.", "pack", "nothing")]
    [InlineData("--set lambda=x: give a name and a number, as in lambda=0.01. l2-init has lambda.", "run", "--policy", "l2-init", "--set", "lambda=x")]
    [InlineData("--seeds: '4-1' must be numbers with commas between, or a range such as 0-4.", "run", "--seeds", "4-1")]
    [InlineData("--policies: 'nothing' must be some of plain", "compare", "--policies", "nothing")]
    public async Task What_it_does_not_understand_it_refuses_in_one_line(string words, params string[] args)
    {
        using var error = new StringWriter();
        (await App.RunAsync([.. args, "--out", _folder], error)).Should().Be(2);
        error.ToString().Should().Contain(words);
        Directory.EnumerateFiles(_folder, "*.json", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Fact]
    public async Task A_damaged_run_is_named()
    {
        File.WriteAllText(Path.Combine(_folder, "x.json"), "{");
        using var error = new StringWriter();
        (await App.RunAsync(["report", _folder], error)).Should().Be(2);
        error.ToString().Should().Contain("x.json is no run").And.Contain("delete it");
    }
}
