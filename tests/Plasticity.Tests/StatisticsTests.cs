using FluentAssertions;
using Plasticity.Report;
using Plasticity.Runs;
using Xunit;
using Zapping.Plasticity;

namespace Plasticity.Tests;

public sealed class StatisticsTests
{
    [Fact]
    public void Students_interval_of_five_values_is_that_of_the_tables()
    {
        var estimate = Statistics.Student([0, 1, 2, 3, 4]);
        estimate.Mean.Should().Be(2);
        estimate.Low.Should().BeApproximately(0.0367, 1e-4); // 2 - 2.7764 · 1.5811 / sqrt(5)
        estimate.High.Should().BeApproximately(3.9633, 1e-4);
        estimate.IsSure.Should().BeTrue();
    }

    [Fact]
    public void The_bootstrap_of_five_values_is_exact()
    {
        var estimate = Statistics.Bootstrap([0, 1, 2, 3, 4]);
        estimate.Mean.Should().Be(2);
        estimate.Low.Should().BeApproximately(0.8, 1e-9);
        estimate.High.Should().BeApproximately(3.2, 1e-9);
    }

    [Fact]
    public void The_bootstrap_of_many_values_is_drawn()
    {
        var estimate = Statistics.Bootstrap([.. Enumerable.Range(0, 100).Select(i => (double)(i % 2))]);
        estimate.Low.Should().BeApproximately(0.5 - (1.96 * 0.05), 0.02); // 1.96 standard errors
        estimate.High.Should().BeApproximately(0.5 + (1.96 * 0.05), 0.02);
    }

    [Fact]
    public void Two_values_are_resampled_to_one_of_three_means()
    {
        var estimate = Statistics.Bootstrap([1, 3]);
        (estimate.Low, estimate.High).Should().Be((1, 3));
    }

    [Fact]
    public void One_value_has_no_interval_and_decides_nothing()
    {
        var estimate = Statistics.Student([5]);
        estimate.Mean.Should().Be(5);
        estimate.HasInterval.Should().BeFalse();
        estimate.IsSure.Should().BeFalse();
    }

    // Accuracies .9, .8, .85, .75 beside a new network's .9, .88, .9, .88.
    [Fact]
    public void The_gap_to_a_new_network_and_the_decline_are_those_of_the_last_fifth()
    {
        var compared = ComparedPolicy.Of([Run("head", 0, 0.9, 0.8, 0.85, 0.75), Run("all-new", 0, 0.9, 0.88, 0.9, 0.88), Run("plain", 0, 0.9, 0.7, 0.6, 0.5)]);
        compared.Select(policy => policy.Name).Should().Equal("plain", "all-new", "head");
        var head = compared[2];
        head.Gap!.Value.Mean.Should().BeApproximately(-0.13, 1e-12);
        head.Gain!.Value.Mean.Should().BeApproximately(0.25, 1e-12);
        head.Decline.Mean.Should().BeApproximately(-0.05, 1e-12);
        head.LosesPlasticity.Should().BeFalse("one seed shows nothing");
    }

    [Fact]
    public void Differences_are_paired_by_seed_and_what_ends_below_both_loses_plasticity()
    {
        RunRecord[] runs =
        [
            .. new ulong[] { 0, 1, 2 }.SelectMany(seed => new[]
            {
                Run("plain", seed, 0.9, 0.9, 0.5 + (0.1 * seed), 0.4 + (0.1 * seed)),
                Run("all-new", seed, 0.8, 0.8, 0.7 + (0.1 * seed), 0.7 + (0.1 * seed)),
            }),
        ];
        var plain = ComparedPolicy.Of(runs)[0];
        plain.Gap!.Value.Mean.Should().BeApproximately(-0.3, 1e-12);
        plain.Gap.Value.High.Should().BeApproximately(-0.3, 1e-9, "the seeds differ, and their differences do not");
        plain.LosesPlasticity.Should().BeTrue();
        Tables.Words([.. ComparedPolicy.Of(runs)]).Should().EndWith("these lose plasticity (worse than a new network, and than their own early tasks): plain.");
    }

    [Fact]
    public void Runs_of_several_options_are_refused_by_name()
    {
        var other = Run("head", 1, 0.5) with { LearningRate = 0.5 };
        FluentActions.Invoking(() => ComparedPolicy.Of([Run("head", 0, 0.5), other])).Should().Throw<Zapping.CommandLine.CommandException>().WithMessage("head was run with several options*");
    }

    [Fact]
    public void Copied_and_unfinished_runs_are_refused_by_name()
    {
        FluentActions.Invoking(() => ComparedPolicy.Of([Run("head", 2, 0.5), Run("head", 2, 0.5)])).Should().Throw<Zapping.CommandLine.CommandException>().WithMessage("There are 2 runs of head on random-labels with seed 2*");
        FluentActions.Invoking(() => ComparedPolicy.Of([Run("head", 2, 0.5) with { Tasks = 3 }])).Should().Throw<Zapping.CommandLine.CommandException>().WithMessage("*seed 2 has 1 of its 3 tasks*");
    }

    [Fact]
    public void A_policy_of_another_name_stays_in_the_table_one_task_declines_by_nothing_and_one_seed_decides_nothing()
    {
        var compared = ComparedPolicy.Of([Run("an old name", 0, 0.5), Run("plain", 0, 0.4)]);
        compared.Select(policy => policy.Name).Should().Equal("plain", "an old name");
        compared[1].Decline.Mean.Should().Be(0);
        compared[1].Early.Should().Be(0.5);
        Tables.Words(compared).Should().StartWith("One seed has no interval, so nothing is said of: an old name; Better than plain: none");
    }

    [Fact]
    public void Of_a_loss_less_is_better()
    {
        RunRecord[] runs =
        [
            .. new ulong[] { 0, 1, 2 }.SelectMany(seed => new[]
            {
                Loss("plain", seed, 0.5, 0.6, 0.9, 1.3 + (0.1 * seed)),
                Loss("all-new", seed, 0.5, 0.6, 0.6, 0.7 + (0.1 * seed)),
            }),
        ];
        var compared = ComparedPolicy.Of(runs);
        compared[0].LosesPlasticity.Should().BeTrue("its error has grown");
        compared[1].IsBetter(compared[1].Gain).Should().BeTrue();
        compared[1].IsWorse(compared[1].Gain).Should().BeFalse();
        Tables.Words(compared).Should().StartWith("Better than plain: all-new; worse: none");
        Tables.Markdown(compared).Should().Contain("| all-new | yes | 0.50 | 0.60 | 0.80 (0.70 to 0.90) |  | -0.60 (-0.60 to -0.60) |");

        static RunRecord Loss(string policy, ulong seed, params double[] losses) =>
            Run(policy, seed, losses) with { Measure = PlasticityMeasure.OnlineLoss, PerTask = [.. losses.Select(loss => new TaskRecord(0.1, 5, 20, 1, Loss: loss))] };
    }

    [Fact]
    public void A_run_that_diverged_counts_and_is_counted()
    {
        var diverged = Run("head", 1, 0.9, 0) with { Diverged = "task 2: the loss is NaN" };
        var compared = ComparedPolicy.Of([Run("head", 0, 0.9, 0.8), diverged]);
        compared[0].Last.Mean.Should().Be(0.4);
        Tables.Markdown(compared).Should().Contain("| head, 1 of 2 diverged |");
    }

    [Fact]
    public void What_rounds_to_zero_has_no_sign()
    {
        var scale = Scale.Of(PlasticityMeasure.OnlineAccuracy);
        scale.Difference(new Estimate(-0.0004, -0.0012, 0.0049)).Should().Be("0.0 (-0.1 to +0.5)");
        scale.Difference(null).Should().BeEmpty();
        scale.Difference(new Estimate(0.123, double.NaN, double.NaN)).Should().Be("+12.3");
    }

    private static RunRecord Run(string policy, ulong seed, params double[] online) => new(
        "random-labels", policy, new Dictionary<string, double>(StringComparer.Ordinal), "adam", 1e-3, seed, online.Length, "test", 1, 0,
        [.. online.Select(accuracy => new TaskRecord(0.1, 5, 20, 1, Online: accuracy))]);
}
