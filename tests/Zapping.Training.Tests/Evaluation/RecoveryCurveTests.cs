using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Evaluation;

namespace Zapping.Training.Tests.Evaluation;

/// <summary>Falls and recoveries that can be followed by hand.</summary>
public sealed class RecoveryCurveTests
{
    [Fact]
    public void A_fall_is_measured_from_the_mean_of_the_window_before()
    {
        // The window of four takes in steps 1 to 4: mean 0.8. The event is before step 5.
        var curve = Single([0, 0.7, 0.8, 0.8, 0.9, 0.2, 0.1, 0.5, 0.72, 0.8, 0.6], at: 5, new RecoveryOptions { WindowBefore = 4 });
        curve.EventStep.Should().Be(5);
        curve.Baseline.Should().BeApproximately(0.8, 1e-15);
        curve.Drop.Should().BeApproximately(0.6, 1e-15);
        curve.LowestLevel.Should().Be(0.1);
        curve.After.Should().HaveCount(6);
        curve.StepsTo(0.5).Should().Be(2);
        curve.StepsTo(0.5, 0.9, 1.2).Should().Equal(2, 3, null);

        // Losses 0.6, 0.7, 0.3, 0.08, 0; what comes after the recovery does not count.
        curve.AreaLost.Should().BeApproximately(0.65 + 0.5 + 0.19 + 0.04, 1e-12);
    }

    [Fact]
    public void Gaps_between_steps_count_by_their_length()
    {
        MetricPoint[] series = [new(0, 0.8), new(10, 0.4), new(20, 0.6), new(50, 0.8)];
        var curve = RecoveryCurve.Cut(series, [7]).Single();
        curve.Baseline.Should().Be(0.8);
        curve.StepsTo(1).Should().Be(43);
        curve.AreaLost.Should().BeApproximately((10 * 0.3) + (30 * 0.1), 1e-12);
    }

    [Fact]
    public void Where_nothing_is_lost_recovery_takes_no_step()
    {
        var curve = Single([0.5, 0.5, 0.6, 0.1], at: 2);
        curve.Drop.Should().BeApproximately(-0.1, 1e-15);
        curve.StepsTo(1).Should().Be(0);
        curve.AreaLost.Should().Be(0);
    }

    [Fact]
    public void One_long_series_is_cut_at_events_and_no_window_reaches_over_one()
    {
        double[] levels = [0.8, 0.8, 0.2, 0.4, 0.6, 0.1, 0.6];
        var curves = RecoveryCurve.Cut(Series(levels), [2, 5, 9], new RecoveryOptions { WindowBefore = 100 });
        curves.Select(curve => curve.Baseline!.Value).Should().Equal([0.8, 0.4, 0.35], (a, b) => Math.Abs(a - b) < 1e-12);
        curves.Select(curve => curve.After.Count).Should().Equal(3, 2, 0);
        curves[0].StepsTo(1).Should().BeNull();
        curves[1].StepsTo(1).Should().Be(1);
        curves[0].AreaLost.Should().BeApproximately(0.5 + 0.3, 1e-12);
    }

    [Fact]
    public void What_is_unknown_is_null()
    {
        var first = Single([0.1, 0.5], at: 0);
        first.Baseline.Should().BeNull();
        first.Drop.Should().BeNull();
        first.AreaLost.Should().BeNull();
        first.StepsTo(0.1).Should().BeNull();
        first.LowestLevel.Should().Be(0.1);

        var last = Single([0.1, 0.5], at: 2);
        last.Baseline.Should().Be(0.3);
        last.After.Should().BeEmpty();
        last.Drop.Should().BeNull();
        last.LowestLevel.Should().BeNull();
        last.AreaLost.Should().BeNull();

        Single([0.1, 0.5], at: 9, new RecoveryOptions { WindowBefore = 3 }).Baseline.Should().BeNull();
        RecoveryCurve.Cut([], [3]).Single().Baseline.Should().BeNull();
        RecoveryCurve.Cut(Series([0.1]), []).Should().BeEmpty();
    }

    [Fact]
    public void A_moving_average_begins_anew_at_each_event()
    {
        var curve = Single([0.9, 0.9, 0.9, 0.9, 0, 0.9, 0, 0.9, 0.9, 0.9], at: 4, new RecoveryOptions { MovingAverage = 3 });
        curve.After.Select(point => point.Level).Should().Equal([0, 0.45, 0.3, 0.6, 0.6, 0.9], (a, b) => Math.Abs(a - b) < 1e-12);
        curve.Baseline.Should().BeApproximately(0.9, 1e-15);
        curve.StepsTo(0.99).Should().Be(5);
        Single([0.9, 0.9, 0.9, 0.9, 0, 0.9, 0, 0.9, 0.9, 0.9], at: 4).StepsTo(0.99).Should().Be(1);
    }

    [Fact]
    public void The_series_falls_into_its_parts_and_the_area_is_bounded() =>
        (from levels in Gen.Double[0, 1].Array[1, 40]
         from events in Gen.Int[0, 45].HashSet[1, 5]
         select (levels, events: events.Order().Select(step => (long)step).ToArray())).Sample(given =>
         {
             var curves = RecoveryCurve.Cut(Series(given.levels), given.events);
             curves.SelectMany(curve => curve.After).Should().Equal(Series(given.levels).Where(point => point.Step >= given.events[0]));
             foreach (var curve in curves.Where(curve => curve.AreaLost is not null))
             {
                 curve.AreaLost.Should().BeInRange(0, curve.Baseline!.Value * curve.After.Count);
                 (curve.AreaLost == 0).Should().Be(curve.Drop <= 0 || curve.After.Count == 1);
                 var (half, whole) = (curve.StepsTo(0.5), curve.StepsTo(1));
                 (whole is null || half <= whole).Should().BeTrue();
             }
         });

    [Fact]
    public void Bad_input_is_named()
    {
        var series = Series([0.1, 0.2]);
        FluentActions.Invoking(() => RecoveryCurve.Cut(null!, [])).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => RecoveryCurve.Cut(series, null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => RecoveryCurve.Cut([new(3, 0), new(3, 0)], [])).Should().Throw<ArgumentException>()
            .WithMessage("Steps must ascend, but 3 comes after 3.*").WithParameterName("series");
        FluentActions.Invoking(() => RecoveryCurve.Cut(series, [5, 4])).Should().Throw<ArgumentException>()
            .WithMessage("Steps must ascend, but 4 comes after 5.*").WithParameterName("events");
        FluentActions.Invoking(() => RecoveryCurve.Cut([new(0, double.NaN)], [])).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("series must be a finite number of 0 or more, but is NaN.*");
        FluentActions.Invoking(() => RecoveryCurve.Cut(series, [], new RecoveryOptions { WindowBefore = 0 })).Should().Throw<ArgumentException>()
            .WithMessage("Invalid RecoveryOptions: The field WindowBefore must be between 1 and *");
        FluentActions.Invoking(() => RecoveryCurve.Cut(series, [], new RecoveryOptions { MovingAverage = 0 })).Should().Throw<ArgumentException>()
            .WithMessage("Invalid RecoveryOptions: The field MovingAverage must be between 1 and *");
        var curve = Single([0.1, 0.2], at: 1);
        curve.Invoking(c => c.StepsTo(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("fraction");
        curve.Invoking(c => c.StepsTo(double.NaN)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static MetricPoint[] Series(double[] levels) => [.. levels.Select((level, step) => new MetricPoint(step, level))];

    private static RecoveryCurve Single(double[] levels, long at, RecoveryOptions? options = null) =>
        RecoveryCurve.Cut(Series(levels), [at], options).Single();
}
