using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;

namespace Zapping.Training.Tests.Scheduling;

/// <summary>Any schedule and any boundaries, against a model that counts on its fingers; interrupted anywhere, nothing changes.</summary>
public sealed class ResetScheduleFuzzTests
{
    private static readonly Gen<long> Small = Gen.Frequency((8, Gen.Long[0, 6]), (1, Odd.Longs));

    private static readonly Gen<long?> SmallOrNone = Gen.Select(Gen.Bool, Small, (none, value) => none ? (long?)null : value);

    private static readonly Gen<ResetSchedule> Schedules = Gen.Select(
        Odd.Enums<BoundaryKind>(), Small, Small, SmallOrNone, SmallOrNone, Gen.Bool,
        (kind, period, from, until, atMost, skip) => new ResetSchedule(kind) { Period = period, From = from, Until = until, AtMost = atMost, SkipFirst = skip });

    // Forwards, again, backwards, ahead, and past both ends.
    private static readonly Gen<TrainingBoundary> Boundaries = Gen.Select(
        Odd.Enums<BoundaryKind>(), Gen.Frequency((12, Gen.Long[0, 9]), (1, Odd.Longs)), (kind, index) => new TrainingBoundary(kind, index, []));

    [Fact]
    public void Refused_by_the_name_of_what_is_wrong() => Schedules.Sample(
        schedule =>
        {
            using var net = Nets.Small();
            var (period, from) = (schedule.Period > 0, schedule.From >= 0);
            // One at a time, in this order.
            (string, bool)[] rules =
            [
                ("Every", Enum.IsDefined(schedule.Every)), ("Period", period), ("From", from), ("Until", !(schedule.Until <= schedule.From)), ("AtMost", !(schedule.AtMost < 0)),
            ];
            var first = rules.Where(rule => !rule.Item2).Take(1).ToArray();
            Odd.Made(() => new ZapScheduler(net, [], new WritePolicy(_ => { }), schedule), first);
        },
        iter: Fuzz.Iterations(1_000));

    [Fact]
    public void Due_when_the_model_says_so_also_from_within_a_reset() => Gen.Select(Schedules.Where(IsValid), Boundaries.Array[0, 40]).Sample(
        (schedule, boundaries) =>
        {
            using var net = Nets.Small();
            var fired = new List<long>();
            ZapScheduler scheduler = null!;
            scheduler = new ZapScheduler(net, [], new WritePolicy(context => Nested(() => scheduler, context, fired)), schedule);
            var (expected, resets, next) = (new List<long>(), 0L, 0L);
            foreach (var boundary in boundaries)
            {
                var due = Signal(scheduler, boundary);
                if (due is null || boundary.Kind != schedule.Every)
                {
                    due.Should().NotBe(true);
                    continue;
                }

                if (IsMoment(schedule, boundary.Index) && !(resets >= schedule.AtMost))
                {
                    due.Should().BeTrue();
                    expected.Add(boundary.Index);
                    resets++;
                }
                else
                {
                    due.Should().BeFalse();
                }

                next = boundary.Index + 1;
                scheduler.State.Should().Be(new ZapSchedulerState(next, resets));
            }

            fired.Should().Equal(expected);
            scheduler.State.Should().Be(new ZapSchedulerState(next, resets));
        },
        iter: Fuzz.Iterations(2_000));

    [Fact]
    public void Resumed_anywhere_and_as_often_as_one_likes() => Gen.Select(Schedules.Where(IsValid), Boundaries.Array[0, 30], Gen.Bool.Array[30]).Sample(
        (schedule, boundaries, breaks) =>
        {
            using var whole = Nets.Small();
            using var parts = Nets.Small();
            var policy = new ZapPolicy(new ZapOptions { Head = Nets.Head, Units = UnitSelection.Random(2), Bias = BiasReset.Redraw });
            var uninterrupted = new ZapScheduler(whole, [], policy, schedule);
            var resumed = new ZapScheduler(parts, [], policy, schedule);
            foreach (var (boundary, broken) in boundaries.Zip(breaks))
            {
                if (broken)
                {
                    resumed = new ZapScheduler(parts, [], policy, schedule) { State = resumed.State with { } };
                }

                Signal(resumed, boundary).Should().Be(Signal(uninterrupted, boundary));
                resumed.State.Should().Be(uninterrupted.State);
            }

            Nets.Bits(parts).Should().BeEquivalentTo(Nets.Bits(whole), options => options.WithStrictOrdering());
        },
        iter: Fuzz.Iterations(500));

    [Fact]
    public void Counting_for_the_caller_from_any_state() => Gen.Select(Schedules.Where(IsValid), Odd.Longs, Odd.Longs).Sample(
        (schedule, boundaries, resets) =>
        {
            using var net = Nets.Small();
            var scheduler = new ZapScheduler(net, [], new WritePolicy(_ => { }), schedule);
            var state = Odd.Made(() => new ZapSchedulerState(boundaries, resets));
            Odd.Made(() => scheduler.State = state!, ("Boundaries", boundaries >= 0), ("Resets", resets >= 0 || boundaries < 0));
            var before = scheduler.State;
            var ending = Record.Exception(() => scheduler.Signal(schedule.Every));
            scheduler.State.Boundaries.Should().Be(ending is null ? before.Boundaries + 1 : before.Boundaries);
            (ending is null).Should().Be(before is { Boundaries: < long.MaxValue, Resets: < long.MaxValue });
        },
        iter: Fuzz.Iterations(1_000));

    private static bool IsValid(ResetSchedule schedule) => Enum.IsDefined(schedule.Every)
        && schedule is { Period: > 0, From: >= 0 } && !(schedule.Until <= schedule.From) && !(schedule.AtMost < 0);

    private static bool IsMoment(ResetSchedule schedule, long index)
    {
        var moment = (Int128)schedule.From + (schedule.SkipFirst ? schedule.Period : 0);
        while (moment < index)
        {
            moment += index < 100 ? schedule.Period : Int128.Max(schedule.Period, (index - moment) / schedule.Period * schedule.Period); // fingers, or leaps
        }

        return moment == index && !(index >= schedule.Until);
    }

    // False where the kind is another, null where the boundary is refused, which changes nothing.
    private static bool? Signal(ZapScheduler scheduler, TrainingBoundary boundary)
    {
        var before = scheduler.State;
        if (boundary.Kind != scheduler.Schedule.Every || boundary.Index is >= 0 and < long.MaxValue)
        {
            return scheduler.Signal(boundary);
        }

        FluentActions.Invoking(() => scheduler.Signal(boundary)).Should().Throw<ArgumentException>().WithParameterName(nameof(boundary));
        scheduler.State.Should().BeSameAs(before);
        return null;
    }

    // A reset that signals its own model's boundary is refused, and goes on as if it had not.
    private static void Nested(Func<ZapScheduler> scheduler, ResetContext context, List<long> fired)
    {
        FluentActions.Invoking(() => scheduler().Signal(context.Boundary)).Should().Throw<InvalidOperationException>().WithMessage("*already running*");
        fired.Add(context.Boundary.Index);
    }
}
