using FluentAssertions;
using Xunit;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Trainers;

/// <summary>When observers are told what, seen from what the weights are at that moment.</summary>
public sealed class ObserverOrderTests
{
    [Fact]
    public void Ahead_of_a_boundary_and_of_its_reset_the_weights_are_the_old_ones()
    {
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        var log = new Log(() => Nets.HeadOf(net).weight.sum().item<float>());
        using var trainer = new ContinualTrainer(net, optimizer)
            .UseReset(TaskBoundary, Fill(1))
            .UseObserver(log)
            .UseReset(new ResetSchedule(TaskBoundary) { SkipFirst = true }, Fill(2));
        var initial = Nets.HeadOf(net).weight.sum().item<float>();

        trainer.BeginTask(1);
        log.Told.Should().Equal(("boundary ahead", initial), ("reset ahead", initial), ("reset", 40), ("boundary", 40));

        log.Told.Clear();
        trainer.BeginTask(2);
        log.Told.Should().Equal(("boundary ahead", 40), ("reset ahead", 40), ("reset", 40), ("reset ahead", 40), ("reset", 80), ("boundary", 80));

        log.Told.Clear();
        trainer.BeginEpoch();
        log.Told.Should().Equal(("boundary ahead", 80), ("boundary", 80));
    }

    [Fact]
    public void After_disposing_the_trainer_its_observers_are_told_nothing()
    {
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        var log = new Log(() => 0);
        var trainer = new ContinualTrainer(net, optimizer).UseObserver(log).UseReset(TaskBoundary, Fill(1));
        var scheduler = trainer.Schedulers[0];
        scheduler.Signal(TaskBoundary, 1);
        log.Told.Should().HaveCount(2);
        trainer.Dispose();
        scheduler.Signal(TaskBoundary, 1);
        log.Told.Should().HaveCount(2);
    }

    private static WritePolicy Fill(double value) =>
        new(context => context.Reset(Nets.HeadOf(context.Model).weight, ParameterSlice.All, Initializer.Constant(value)));

    private sealed class Log(Func<float> weights) : ITrainingObserver
    {
        public List<(string What, float Weights)> Told { get; } = [];

        public void OnBoundaryStarting(TrainingBoundary boundary) => Told.Add(("boundary ahead", weights()));

        public void OnBoundaryStarted(TrainingBoundary boundary) => Told.Add(("boundary", weights()));

        public void OnResetting(TrainingBoundary boundary) => Told.Add(("reset ahead", weights()));

        public void OnResetCompleted(ResetReport report) => Told.Add(("reset", weights()));
    }
}
