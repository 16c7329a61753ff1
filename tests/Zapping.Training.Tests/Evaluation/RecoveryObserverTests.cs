using FluentAssertions;
using Xunit;
using Zapping.Training.Evaluation;
using Zapping.Training.Optimizers;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Evaluation;

[Collection(AloneCollection.Name)] // counts live tensors
public sealed class RecoveryObserverTests
{
    [Fact]
    public void It_notes_what_the_model_made_of_each_batch_before_learning_from_it()
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small();
        using var optimizer = new FusedAdam(net.parameters(), 1e-2);
        var recovery = RecoveryObserver.OfResets();
        using var trainer = new ContinualTrainer(net, optimizer).UseObserver(recovery);
        for (var step = 0; step < 5; step++)
        {
            var (inputs, labels) = Batch(step);
            var right = net.call(inputs).argmax(1).data<long>().ToArray().Zip(labels.data<long>().ToArray()).Count(pair => pair.First == pair.Second);
            var loss = trainer.TrainStep(inputs, labels);
            recovery.Levels[step].Should().Be(new MetricPoint(step, right / 16.0));
            recovery.Losses[step].Should().Be(loss);
        }

        recovery.Events.Should().BeEmpty();
        recovery.Curves().Should().BeEmpty();
    }

    [Fact]
    public void Resets_are_events_before_the_step_that_follows()
    {
        using var net = Nets.Small();
        using var optimizer = new FusedAdam(net.parameters(), 1e-2);
        var recovery = RecoveryObserver.OfResets();
        var boundaries = RecoveryObserver.OfBoundaries(EpochBoundary);
        using var trainer = new ContinualTrainer(net, optimizer).UseObserver(recovery).UseObserver(boundaries)
            .UseReset(new ResetSchedule(EpochBoundary) { SkipFirst = true }, Zap())
            .UseReset(new ResetSchedule(EpochBoundary) { SkipFirst = true }, Zap());
        for (var epoch = 0; epoch < 3; epoch++)
        {
            trainer.BeginEpoch();
            Train(trainer, 4);
        }

        trainer.BeginEpoch();
        recovery.Events.Should().Equal(4, 8);
        boundaries.Events.Should().Equal(0, 4, 8);
        var curves = recovery.Curves(new RecoveryOptions { WindowBefore = 2 });
        curves.Select(curve => curve.EventStep).Should().Equal(4, 8);
        curves[0].Baseline.Should().Be((recovery.Levels[2].Level + recovery.Levels[3].Level) / 2);
        curves[1].After.Should().Equal(recovery.Levels.Skip(8));
    }

    [Fact]
    public void Steps_made_anew_replace_what_was_noted_of_them()
    {
        using var scope = NewDisposeScope();
        var recovery = RecoveryObserver.OfBoundaries(TaskBoundary);
        foreach (var (index, begins) in new[] { (0, true), (1, false), (2, true), (3, false), (1, false), (2, false) })
        {
            if (begins)
            {
                recovery.OnBoundaryStarted(TrainingBoundary.Task(0, []));
            }

            recovery.OnStep(new TrainingStep(index, index, null, eye(2), arange(2)));
        }

        recovery.Levels.Should().Equal(new MetricPoint(0, 1), new MetricPoint(1, 1), new MetricPoint(2, 1));
        recovery.Losses.Should().Equal(0, 1, 2);
        recovery.Events.Should().Equal(0);
    }

    [Fact]
    public void What_is_no_classification_is_refused()
    {
        using var scope = NewDisposeScope();
        var recovery = RecoveryObserver.OfResets();
        recovery.Invoking(r => r.OnStep(new TrainingStep(0, 1, null, ones(2, 3), ones(2)))).Should().Throw<InvalidOperationException>()
            .WithMessage("Accuracy is of outputs [n, units] and class ids [n] of type Int64, but these are [2, 3] and [2] of type Float32.");
        recovery.Levels.Should().BeEmpty();
        FluentActions.Invoking(() => RecoveryObserver.OfBoundaries((BoundaryKind)9)).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("Unknown kind of boundary.*");
    }

    [Fact]
    public void It_leaves_no_tensors()
    {
        using var scope = NewDisposeScope();
        var made = new TrainingStep(0, 1, null, ones(4, 3), zeros(4, ScalarType.Int64));
        var recovery = RecoveryObserver.OfResets();
        var before = LiveTensors.BeforeTest();
        for (var step = 0; step < 100; step++)
        {
            recovery.OnStep(made with { Index = step });
        }

        Tensor.TotalCount.Should().Be(before);
    }

    private static ZapPolicy Zap() => new(new ZapOptions { Head = Nets.Head, Units = UnitSelection.All });

    private static void Train(ContinualTrainer trainer, int steps)
    {
        using var scope = NewDisposeScope();
        for (var step = 0; step < steps; step++)
        {
            var (inputs, labels) = Batch(step);
            trainer.TrainStep(inputs, labels);
        }
    }

    private static (Tensor Inputs, Tensor Labels) Batch(int index)
    {
        using var generator = new Generator((ulong)index);
        return (randn([16, 6], generator: generator), randint(0, Nets.Units, [16], generator: generator));
    }
}
