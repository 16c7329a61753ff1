using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Trainers;

/// <summary>
/// Wherever training is interrupted - at any boundary, reset, loss, step or report - it has made whole steps, and a later Fit
/// goes on as if nothing had been: every boundary is said once, and every bit is that of an uninterrupted run.
/// </summary>
public sealed class InterruptionTests
{
    public static TheoryData<string, bool> Cases => new() { { "epochs", true }, { "epochs", false }, { "tasks", true }, { "tasks", false } };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_point_is_one_to_go_on_from(string kind, bool canceled)
    {
        using var whole = new Run(kind);
        whole.Go();
        whole.Events.Should().HaveCountGreaterThan(40);
        for (var point = 0; point < whole.Events.Count; point++)
        {
            // Who fails in a loss, or before a step, has that step made again, boundary included; that is tested below.
            var at = whole.Events[point];
            if (!canceled && (at == "loss" || at.StartsWith("StepBoundary", StringComparison.Ordinal)))
            {
                continue;
            }

            using var parts = new Run(kind) { StopAt = point, Cancels = canceled };
            var failure = Record.Exception(parts.Go);
            var stepped = parts.Events.Count(e => e.StartsWith("step ", StringComparison.Ordinal));
            parts.Trainer.State.Steps.Should().Be(stepped, $"at {point}: {at}");
            if (failure is not null)
            {
                failure.GetType().Should().Be(canceled ? typeof(OperationCanceledException) : typeof(Failure));
                parts.StopAt = -1;
                parts.Go();
            }

            // Who fails when a step is told is not told of it again as progress.
            parts.Events.Where(Counts).Should().Equal(whole.Events.Where(Counts), $"at {point}: {at}");
            parts.Everything().Should().BeEquivalentTo(whole.Everything(), $"at {point}: {at}");
        }
    }

    // The second of two policies fails, and the boundary is tried again: the first one's reset has been made, and is not made twice.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reset_that_was_made_is_not_made_again_when_another_has_failed(bool fails)
    {
        var (net, again) = (Nets.Small(), Nets.Small());
        var failing = fails;
        using var trainer = Trainer(net, () => failing);
        using var whole = Trainer(again, () => false);
        var resets = 0;
        trainer.Schedulers[0].ResetCompleted += _ => resets++;

        if (fails)
        {
            trainer.Invoking(t => t.BeginClass(2)).Should().Throw<Failure>();
            trainer.State.Classes.Should().Be(0, "a boundary counts when all is reset");
            failing = false;
        }

        trainer.BeginClass(2);
        trainer.BeginClass(3);
        whole.BeginClass(2);
        whole.BeginClass(3);

        resets.Should().Be(2);
        Nets.Bits(net).Should().BeEquivalentTo(Nets.Bits(again));
        trainer.Schedulers.Select(scheduler => scheduler.State).Should().Equal(whole.Schedulers.Select(scheduler => scheduler.State));

        static ContinualTrainer Trainer(Sequential net, Func<bool> fails)
        {
            var second = new WritePolicy(context =>
            {
                if (fails())
                {
                    throw new Failure();
                }

                context.Reset(Nets.HeadOf(net).bias!, ParameterSlice.All, Initializer.LayerDefault(Nets.Features));
            });
            var schedule = new ResetSchedule(BoundaryKind.ClassBoundary);
            return new ContinualTrainer(net, optim.SGD(net.parameters(), 0.1))
                .UseZapping(schedule, new ZapOptions { Head = Nets.Head, Weights = Initializer.ShrinkAndPerturb() })
                .UseReset(schedule, second);
        }
    }

    // What a restored state says has begun is no part of what failed.
    [Fact]
    public void After_a_restored_state_every_reset_of_the_boundary_is_made()
    {
        var (net, fails) = (Nets.Small(), true);
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(net, optimizer).UseZapping(every: BoundaryKind.ClassBoundary, o => o.Head = Nets.Head)
            .UseReset(BoundaryKind.ClassBoundary, new WritePolicy(_ => { if (fails) { throw new Failure(); } }));
        trainer.Invoking(t => t.BeginClass(2)).Should().Throw<Failure>();

        fails = false;
        trainer.State = new TrainerState(0, 0, 0, 0);
        trainer.Schedulers[0].State = new ZapSchedulerState(0, 0);
        trainer.BeginClass(2);

        trainer.Schedulers.Select(scheduler => scheduler.State.Resets).Should().Equal(1, 1);
    }

    private static bool Counts(string what) => !what.StartsWith("report", StringComparison.Ordinal);

    [Theory]
    [InlineData("epochs")]
    [InlineData("tasks")]
    public void A_loss_that_fails_leaves_the_last_whole_step_and_its_batch_is_taken_again(string kind)
    {
        using var whole = new Run(kind);
        whole.Go();
        for (var point = whole.Events.IndexOf("loss"); point >= 0; point = whole.Events.IndexOf("loss", point + 1))
        {
            using var parts = new Run(kind) { StopAt = point };
            parts.Invoking(run => run.Go()).Should().Throw<Failure>();
            parts.StopAt = -1;
            parts.Go();
            parts.Everything().Should().BeEquivalentTo(whole.Everything());
        }
    }

    [Fact]
    public void A_token_that_is_cancelled_beforehand_leaves_everything_as_it_was()
    {
        using var run = new Run("epochs");
        var before = run.Everything();
        using var source = new CancellationTokenSource();
        source.Cancel();
        using var data = new ContinualTrainerTests.Data();
        run.Trainer.Invoking(t => t.Fit(new ShuffledBatches(data.Inputs, data.Labels, 4), 1, cancellationToken: source.Token)).Should().Throw<OperationCanceledException>();
        run.Trainer.Invoking(t => t.Fit([new TrainingTask(data.Class(1, 2))], batchSize: 1, cancellationToken: source.Token)).Should().Throw<OperationCanceledException>();
        run.Everything().Should().BeEquivalentTo(before);
        run.Events.Should().BeEmpty();
    }

    private sealed class Failure : Exception;

    /// <summary>A run that writes down what happens, and stops at one of these events.</summary>
    private sealed class Run : ITrainingObserver, IProgress<TrainingProgress>, IDisposable
    {
        private readonly string _kind;
        private readonly ContinualTrainerTests.Data _data = new();
        private readonly Sequential _net = Nets.Small();
        private readonly optim.Optimizer _adam;
        private CancellationTokenSource _stop = new();

        public Run(string kind)
        {
            _kind = kind;
            _adam = optim.Adam(_net.parameters(), 0.01);
            Trainer = new ContinualTrainer(_net, _adam, (outputs, labels) =>
                {
                    Happens("loss");
                    return nn.functional.cross_entropy(outputs, labels);
                })
                .UseZapping(
                    new ResetSchedule(kind == "epochs" ? BoundaryKind.EpochBoundary : BoundaryKind.ClassBoundary) { Seed = 6 },
                    new ZapOptions { Head = Nets.Head, Units = UnitSelection.Random(3), OptimizerState = OptimizerStateReset.Slice })
                .UseObserver(this);
        }

        public ContinualTrainer Trainer { get; }

        public List<string> Events { get; } = [];

        public int StopAt { get; set; } = -1;

        public bool Cancels { get; init; }

        public void Go()
        {
            _stop.Dispose();
            _stop = new CancellationTokenSource();
            if (_kind == "epochs")
            {
                Trainer.Fit(new ShuffledBatches(_data.Inputs, _data.Labels, 3, seed: 5), 3 - (int)Trainer.State.FinishedEpochs, this, _stop.Token);
            }
            else
            {
                Trainer.Fit(Stream(), 2, this, _stop.Token);
            }
        }

        public List<byte[]> Everything() =>
        [
            .. Nets.Bits(_net).Values,
            .. ((OptimizerHelper)_adam).state_dict().State.Cast<Adam.State>().SelectMany(s => new[] { Nets.Bits(s.exp_avg), Nets.Bits(s.exp_avg_sq), BitConverter.GetBytes(s.step) }),
            System.Text.Encoding.UTF8.GetBytes($"{Trainer.State} {Trainer.Schedulers[0].State}"),
        ];

        public void OnBoundaryStarted(TrainingBoundary boundary) => Happens($"{boundary}");

        public void OnStep(TrainingStep step) => Happens($"step {step.Index} {step.Loss}");

        public void Report(TrainingProgress value) => Happens($"report {value.Loss}");

        public void Dispose()
        {
            Trainer.Dispose();
            _adam.Dispose();
            _net.Dispose();
            _data.Dispose();
            _stop.Dispose();
        }

        private void Happens(string what)
        {
            Events.Add(what);
            if (Events.Count - 1 != StopAt)
            {
                return;
            }

            if (!Cancels)
            {
                throw new Failure();
            }

            _stop.Cancel();
        }

        private IEnumerable<TrainingTask> Stream()
        {
            yield return new TrainingTask(_data.Class(3, 5), _data.Class(1, 2));
            yield return new TrainingTask(_data.Class(5, 1));
            yield return new TrainingTask(_data.Class(2, 3), _data.Class(7, 4), _data.Class(0, 1));
        }
    }
}
