using System.Text.Json;
using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace Zapping.Training.Tests.Scheduling;

public sealed class ZapSchedulerTests
{
    private static readonly Gen<ResetSchedule> Schedules = Gen.Select(
        Gen.Enum<BoundaryKind>(), Gen.Long[1, 5], Gen.Long[0, 6], Gen.Long[0, 20].Select(OrNone), Gen.Long[0, 4].Select(OrNone), Gen.Bool,
        (kind, period, from, length, atMost, skip) => new ResetSchedule(kind)
        {
            Period = period,
            From = from,
            Until = from + length,
            AtMost = atMost,
            SkipFirst = skip,
        });

    [Fact]
    public void It_fires_when_a_naive_list_of_moments_says_so() => Gen.Select(Schedules, Gen.Int[0, 40]).Sample((schedule, count) =>
    {
        var moments = new List<long>();
        for (var index = schedule.From; index < (schedule.Until ?? long.MaxValue) && index < count; index += schedule.Period)
        {
            moments.Add(index);
        }

        if (schedule.SkipFirst && moments.Count > 0)
        {
            moments.RemoveAt(0);
        }

        var expected = moments.Take((int)(schedule.AtMost ?? int.MaxValue)).ToList();
        var fired = Fire(schedule, count, out var state);
        return fired.SequenceEqual(expected) && state == new ZapSchedulerState(count, expected.Count);
    });

    [Theory]
    [InlineData(10, 1, 9)]
    [InlineData(10, 3, 3)]
    [InlineData(10, 10, 0)]
    [InlineData(30, 5, 5)]
    public void The_published_rule_before_epoch_e_unless_it_is_the_first_if_e_minus_1_is_a_multiple_of_the_rate(int epochs, int rate, int zaps)
    {
        var published = Enumerable.Range(1, epochs).Where(e => e != 1 && (e - 1) % rate == 0).Select(e => (long)e - 1).ToList();
        published.Should().HaveCount(zaps);
        Fire(new ResetSchedule(BoundaryKind.EpochBoundary) { Period = rate, SkipFirst = true }, epochs, out _).Should().Equal(published);
    }

    [Fact]
    public void State_survives_JSON_and_a_restored_scheduler_fires_and_draws_as_if_never_stopped()
    {
        using var net = Nets.Small();
        using var resumed = Nets.Small();
        var schedule = new ResetSchedule(BoundaryKind.ClassBoundary) { Period = 3, AtMost = 4, Seed = 8 };
        var policy = new ZapPolicy(new ZapOptions { Head = Nets.Head, Units = UnitSelection.Random(2) });
        var whole = new ZapScheduler(net, [], policy, schedule);
        var first = new ZapScheduler(resumed, [], policy, schedule);
        for (var i = 0; i < 5; i++)
        {
            whole.Signal(BoundaryKind.ClassBoundary);
            first.Signal(BoundaryKind.ClassBoundary);
        }

        var second = new ZapScheduler(resumed, [], policy, schedule)
        {
            State = JsonSerializer.Deserialize<ZapSchedulerState>(JsonSerializer.Serialize(first.State))!,
        };
        for (var i = 0; i < 12; i++)
        {
            second.Signal(BoundaryKind.ClassBoundary).Should().Be(whole.Signal(BoundaryKind.ClassBoundary));
        }

        Nets.Bits(resumed).Should().BeEquivalentTo(Nets.Bits(net));
    }

    [Fact]
    public void Other_kinds_of_boundary_are_not_even_counted()
    {
        using var net = Nets.Small();
        var scheduler = Nets.Scheduler(net, new ShrinkAndPerturbPolicy());
        scheduler.Signal(BoundaryKind.StepBoundary).Should().BeFalse();
        scheduler.Signal(TrainingBoundary.Epoch(4)).Should().BeFalse();
        scheduler.State.Should().Be(new ZapSchedulerState(0, 0));
    }

    [Fact]
    public void A_refused_reset_leaves_the_count_so_that_it_can_be_tried_again()
    {
        using var net = Nets.Small();
        var broken = true;
        var scheduler = Nets.Scheduler(net, new WritePolicy(_ =>
        {
            if (broken)
            {
                throw new InvalidOperationException();
            }
        }));
        scheduler.Invoking(s => s.Signal(TrainingBoundary.Class(3, 1))).Should().Throw<InvalidOperationException>();
        scheduler.State.Should().Be(new ZapSchedulerState(0, 0));
        broken = false;
        scheduler.Signal(TrainingBoundary.Class(3, 1)).Should().BeTrue();
        scheduler.State.Should().Be(new ZapSchedulerState(4, 1));
    }

    [Fact]
    public void Listeners_are_told_before_and_after_each_reset_and_can_keep_one_from_happening()
    {
        using var net = Nets.Small();
        var told = new List<string>();
        var policy = new WritePolicy(context => told.Add($"reset at {context.Boundary.Index}"));
        var scheduler = new ZapScheduler(net, [], policy, new ResetSchedule(BoundaryKind.TaskBoundary) { Period = 2 });
        scheduler.Resetting += boundary => told.Add($"before {boundary.Index}");
        scheduler.ResetCompleted += report => told.Add($"after {report.Boundary.Index}");
        for (var task = 0; task < 3; task++)
        {
            scheduler.Signal(TrainingBoundary.Task(task));
        }

        told.Should().Equal("before 0", "reset at 0", "after 0", "before 2", "reset at 2", "after 2");

        told.Clear();
        var state = scheduler.State;
        scheduler.Resetting += _ => throw new TimeoutException();
        scheduler.Invoking(s => s.Signal(TrainingBoundary.Task(4))).Should().Throw<TimeoutException>();
        told.Should().Equal("before 4");
        scheduler.State.Should().Be(state);
    }

    [Fact]
    public void Schedules_that_make_no_sense_are_refused()
    {
        using var net = Nets.Small();
        ResetSchedule[] bad =
        [
            new((BoundaryKind)77),
            new(BoundaryKind.StepBoundary) { Period = 0 },
            new(BoundaryKind.StepBoundary) { From = -1 },
            new(BoundaryKind.StepBoundary) { From = 5, Until = 5 },
            new(BoundaryKind.StepBoundary) { AtMost = -1 },
        ];
        foreach (var schedule in bad)
        {
            FluentActions.Invoking(() => new ZapScheduler(net, [], new ZapPolicy(), schedule)).Should().Throw<ArgumentException>();
        }

        FluentActions.Invoking(() => Nets.Scheduler(net, new ZapPolicy()).State = new ZapSchedulerState(-1, 0))
            .Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => Nets.Scheduler(net, new ZapPolicy()).State = new ZapSchedulerState(0, -1))
            .Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void A_boundary_that_cannot_be_counted_is_refused_before_anything_is_reset(long index)
    {
        using var net = Nets.Small();
        var scheduler = Nets.Scheduler(net, new WritePolicy(_ => throw new InvalidOperationException("The policy ran.")));

        scheduler.Invoking(s => s.Signal(TrainingBoundary.Class(index, 2))).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("boundary");
        scheduler.Signal(TrainingBoundary.Task(index, 2)).Should().BeFalse();

        scheduler.State.Should().Be(new ZapSchedulerState(0, 0));
    }

    [Fact]
    public void After_as_many_resets_as_can_be_counted_none_is_made()
    {
        using var net = Nets.Small();
        var scheduler = Nets.Scheduler(net, new WritePolicy(_ => throw new TimeoutException()));
        scheduler.State = new ZapSchedulerState(0, long.MaxValue);

        scheduler.Invoking(s => s.Signal(BoundaryKind.ClassBoundary, 2)).Should().Throw<InvalidOperationException>().WithMessage("*as many resets*");
    }

    [Fact]
    public void A_boundary_says_what_it_is()
    {
        TrainingBoundary.Epoch(3).ToString().Should().Be("EpochBoundary 3");
        TrainingBoundary.Class(12, 7).ToString().Should().Be("ClassBoundary 12 (classes 7)");
        TrainingBoundary.Task(0, [.. Enumerable.Range(0, 20)]).ToString().Should().Be("TaskBoundary 0 (classes 0, 1, 2, 3, 4, 5, 6, 7, … 20 in all)");
    }

    private static long? OrNone(long value) => value == 0 ? null : value;

    private static List<long> Fire(ResetSchedule schedule, int count, out ZapSchedulerState state)
    {
        using var net = Nets.Small();
        var fired = new List<long>();
        var scheduler = new ZapScheduler(net, [], new WritePolicy(context => fired.Add(context.Boundary.Index)), schedule);
        for (var i = 0; i < count; i++)
        {
            foreach (var kind in Enum.GetValues<BoundaryKind>())
            {
                scheduler.Signal(new TrainingBoundary(kind, i, []));
            }
        }

        state = scheduler.State;
        return fired;
    }
}
