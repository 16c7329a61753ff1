using FluentAssertions;
using PaperCurves.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Sweeps;

public sealed class SelectionTests
{
    private static readonly TransferCell Any = SweepSample.Cells.Transfers[0];

    [Fact]
    public void The_oracle_takes_at_each_point_the_rate_with_the_highest_mean()
    {
        var curve = Selection.Curves(
            [
                Result(rate: 0.1, trial: 1, accuracies: [0.9, 0.2]),
                Result(rate: 0.1, trial: 2, accuracies: [0.7, 0.2]),
                Result(rate: 0.01, trial: 1, accuracies: [0.75, 0.4]),
                Result(rate: 0.01, trial: 2, accuracies: [0.75, 0.6]),
                Result(rate: 0.01, trial: 1, accuracies: [1, 1]) with { Pool = ClassPool.Validation },
            ],
            RateSelection.Oracle).Should().ContainSingle().Which;

        (curve.Network, curve.Transfer, curve.Protocol, curve.Selection).Should().Be(("iid", "head", TransferProtocol.Sequential, RateSelection.Oracle));
        curve.Points.Select(point => (point.X, point.LearningRates.Single())).Should().Equal((1L, 0.1), (2L, 0.01));
        curve.Points[0].Query.Mean.Should().BeApproximately(80, 1e-9);
        curve.Points[1].Query.Values.Select(value => (value.Seed, value.Trial, value.Percent)).Should().Equal((1UL, 1, 40), (1UL, 2, 60));
        curve.Points[1].Support.Mean.Should().BeApproximately(25, 1e-9, "the support accuracy of the same runs");
    }

    [Fact]
    public void Rates_are_compared_on_the_runs_that_all_have_and_the_winner_shows_all_of_its_own()
    {
        // Trial 2 is a hard one, which rate 0.1 has not met yet: on trial 1 rate 0.01 is better.
        var point = Selection.Curves(
            [
                Result(rate: 0.1, trial: 1, accuracies: [0.5]),
                Result(rate: 0.01, trial: 1, accuracies: [0.6]),
                Result(rate: 0.01, trial: 2, accuracies: [0.2]),
            ],
            RateSelection.Oracle).Single().Points.Single();

        point.LearningRates.Should().Equal(0.01);
        point.Query.Values.Select(value => (value.Trial, value.Percent)).Should().Equal((1, 60), (2, 20));
    }

    [Fact]
    public void More_runs_do_not_make_a_rate_better() => Selection.Curves(
        [Result(0.1, 1, [0.9]), Result(0.01, 1, [0.2]), Result(0.01, 2, [0.2])], RateSelection.Oracle).Single().Points.Single().LearningRates.Should().Equal(0.1);

    [Fact]
    public void Where_no_run_is_common_to_all_rates_those_with_the_fewest_drop_out() => Selection.Curves(
        [Result(0.1, 1, [0.2]), Result(0.1, 2, [0.3]), Result(0.01, 2, [0.4]), Result(0.01, 3, [0.1]), Result(1, 4, [0.9])],
        RateSelection.Oracle).Single().Points.Single().LearningRates.Should().Equal([0.01], "trial 2 is shared by two rates, and rate 1 has met no trial of others");

    [Fact]
    public void Of_equal_rates_the_lowest_is_taken() => Selection.Curves(
        [Result(0.1, 1, [0.5]), Result(0.001, 1, [0.5]), Result(0.01, 1, [0.5])], RateSelection.Oracle).Single().Points.Single().LearningRates.Should().Equal(0.001);

    [Fact]
    public void Validation_takes_one_rate_for_the_whole_curve_by_the_last_point_of_its_own_classes()
    {
        CellResult[] results =
        [
            Result(0.1, 1, [0.9, 0.9]),
            Result(0.01, 1, [0.3, 0.2]),
            Result(0.1, 1, [0.9, 0.1]) with { Pool = ClassPool.Validation },
            Result(0.01, 1, [0.1, 0.2]) with { Pool = ClassPool.Validation },
            Result(1, 1, [1, 1]) with { Pool = ClassPool.Validation },
        ];

        var curve = Selection.Curves(results, RateSelection.Validation).Single();

        curve.Points.Select(point => (point.X, point.LearningRates.Single(), Math.Round(point.Query.Mean, 6))).Should().Equal((1L, 0.01, 30), (2L, 0.01, 20));
        Selection.Curves(results[..2], RateSelection.Validation).Should().BeEmpty("nothing says which rate is better");
    }

    [Fact]
    public void Each_trial_follows_its_own_held_out_classes()
    {
        CellResult[] results =
        [
            Result(0.1, 1, [0.3]), Result(0.01, 1, [0.4]), Held(0.1, 1, 0.9), Held(0.01, 1, 0.8),
            Result(0.1, 2, [0.5]), Result(0.01, 2, [0.6]), Held(0.1, 2, 0.1), Held(0.01, 2, 0.2),
        ];

        var point = Selection.Curves(results, RateSelection.Validation).Single().Points.Single();

        point.LearningRates.Should().Equal(0.01, 0.1);
        point.Cells.Select(cell => (cell.Trial, cell.LearningRate)).Should().Equal((1, 0.1), (2, 0.01));
        point.Query.Values.Select(value => value.Percent).Should().Equal(30, 60);
    }

    [Fact]
    public void A_trial_with_a_rate_that_was_not_validated_is_left_out()
    {
        CellResult[] results =
        [
            Result(0.1, 1, [0.3]), Result(0.01, 1, [0.4]), Held(0.1, 1, 0.9),
            Result(0.1, 2, [0.5]), Held(0.1, 2, 0.1),
        ];

        Selection.Curves(results, RateSelection.Validation).Single().Points.Single().Cells.Select(cell => cell.Trial).Should().Equal(2);
    }

    [Fact]
    public void Where_no_step_is_made_there_is_nothing_to_choose()
    {
        var results = new[] { 1, 2 }.Select(trial => Result(null, trial, [0.5], TransferProtocol.LeastSquares));
        foreach (var selection in Enum.GetValues<RateSelection>())
        {
            var point = Selection.Curves(results, selection).Single().Points.Single();
            (point.X, point.LearningRates.Count, point.Query.Values.Count).Should().Be((0, 0, 2));
        }
    }

    [Fact]
    public void Support_accuracy_that_was_not_measured_is_no_number()
    {
        var result = Result(0.1, 1, [0.5]);
        var without = result with { Trial = 2, Points = [result.Points[0] with { Support = null! }] };

        Selection.Curves([result, without], RateSelection.Oracle).Single().Points.Single().Support.Values.Should().ContainSingle();
        var none = Selection.Curves([without], RateSelection.Oracle).Single().Points.Single();
        none.Support.Values.Should().BeEmpty();
        none.Support.Mean.Should().Be(double.NaN);
        none.Query.Mean.Should().Be(50);
    }

    [Fact]
    public void Seeds_are_pooled_and_networks_and_transfers_are_not()
    {
        var result = Result(0.1, 1, [0.5], TransferProtocol.Iid);
        var curves = Selection.Curves(
            [result, result with { Seed = 2 }, result with { Network = "zap" }, result with { Transfer = "b" }], RateSelection.Oracle);

        curves.Select(curve => (curve.Network, curve.Transfer, curve.Points[0].X, curve.Points[0].Query.Values.Count))
            .Should().Equal(("iid", "b", 10, 1), ("iid", "head", 10, 2), ("zap", "head", 10, 1));
    }

    private static CellResult Held(double rate, int trial, double accuracy) => Result(rate, trial, [accuracy]) with { Pool = ClassPool.Validation };

    private static CellResult Result(double? rate, int trial, double[] accuracies, TransferProtocol protocol = TransferProtocol.Sequential) => FakeCellExecutor.Result(Any) with
    {
        LearningRate = rate,
        Trial = trial,
        Settings = Any.Settings with { Protocol = protocol },
        Points = [.. accuracies.Select((query, i) => new CellPoint(10 * (i + 1), i + 1, new CellAccuracy(query / 2, 1, ""), new CellAccuracy(query, 1, "")))],
    };
}
