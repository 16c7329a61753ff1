using FluentAssertions;
using Plasticity.Commands;
using Plasticity.Policies;
using Plasticity.Tuning;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace Plasticity.Tests;

[Collection(AloneCollection.Name)] // it sets the number of threads
public sealed class TuningTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("zapping-plasticity-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Means 0.5, 0.79, 0.8 and 0.6; the best has the standard error 0.02.
    [Fact]
    public void Of_what_is_within_a_standard_error_of_the_best_the_first_is_chosen()
    {
        TunedPoint[] points = [Point(1, 0.5, 0.5), Point(2, 0.79, 0.79), Point(3, 0.78, 0.82), Point(4, 0.6, 0.6)];
        points[2].StandardError.Should().BeApproximately(0.02, 1e-12);
        var chosen = TunedPoint.Choose(points);
        chosen.Should().Be(points[1]);
        chosen.AtEnds(points).Should().BeEmpty();
        points[3].AtEnds(points).Should().Equal("strength");
        TunedPoint.Choose([Point(1, 0.5), Point(2, 0.51)]).Options["strength"].Should().Be(2, "one seed has no error");
    }

    [Fact]
    public void Every_grid_has_the_row_s_options_and_no_point_twice()
    {
        foreach (var row in PolicyRows.All)
        {
            row.Grid.All(point => point.Keys.SequenceEqual(row.Options.Keys, StringComparer.Ordinal)).Should().BeTrue(row.Name);
            row.Grid.Select(PolicyRow.TextOf).Should().OnlyHaveUniqueItems(row.Name);
            row.Grid.Count.Should().BeLessThanOrEqualTo(8, "every policy gets the same budget at the most");
            (row.Grid.Count == 0).Should().Be(row.Options.Count == 0, row.Name);
        }
    }

    [Fact]
    public async Task Compare_takes_what_tune_has_chosen_on_other_streams()
    {
        var tuning = Path.Combine(_folder, "tuning");
        (await App.RunAsync(["tune", "--policies", "head,fire", "--optimizers", "sgd", "--tasks", "1", "--seeds", "100", "--out", tuning])).Should().Be(0);
        var tuned = TunedOptions.Read(tuning, "random-labels", "sgd");
        tuned.Policies.Keys.Should().BeEquivalentTo("head", "fire");
        tuned.Policies["head"].Points.Should().HaveCount(3);
        tuned.Policies["head"].Options["period"].Should().Be(4, "in one task no reset happens, and then the mildest is chosen");
        tuned.Policies["fire"].Options["iterations"].Should().Be(3);

        string[] compare = ["compare", "--policies", "plain,head", "--optimizers", "sgd", "--tasks", "1", "--tuned", tuning, "--out", Path.Combine(_folder, "runs")];
        (await App.RunAsync([.. compare, "--seeds", "0"])).Should().Be(0);
        Directory.GetFiles(Path.Combine(_folder, "runs"), "*.json", SearchOption.AllDirectories).Should().Contain(file => file.Contains("head_period=4", StringComparison.Ordinal));

        using var error = new StringWriter();
        (await App.RunAsync([.. compare, "--seeds", "99-100"], error)).Should().Be(2);
        error.ToString().Should().Contain("--seeds 100: options were chosen on these streams").And.Contain("compare on others");

        using var other = new StringWriter();
        (await App.RunAsync(["tune", "--policies", "masked", "--optimizers", "sgd", "--tasks", "1", "--seeds", "101", "--out", tuning], other)).Should().Be(2);
        other.ToString().Should().Contain("other seeds");

        using var none = new StringWriter();
        (await App.RunAsync([.. compare, "--optimizers", "adam"], none)).Should().Be(2);
        none.ToString().Should().Contain("tuned-random-labels-adam.json is not there");
    }

    private static TunedPoint Point(double strength, params double[] scores) => new(PolicyRow.Set(("strength", strength)), scores);
}
