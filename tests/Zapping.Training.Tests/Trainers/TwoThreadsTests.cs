using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Trainers;

/// <summary>One trainer serves one caller; two trainers know nothing of each other.</summary>
public sealed class TwoThreadsTests
{
    private const string InUse = "The trainer is in use: call it from one thread at a time, and not from within its observers or policies.";

    [Fact]
    public void While_a_trainer_fits_every_other_call_is_refused_between_steps_too()
    {
        using var data = new ContinualTrainerTests.Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.01);
        using var trainer = new ContinualTrainer(net, optimizer);
        var batches = new ShuffledBatches(data.Inputs, data.Labels, 5);
        Action[] calls =
        [
            () => trainer.TrainStep(data.Inputs, data.Labels),
            () => trainer.BeginClass(1),
            () => trainer.BeginTask(1),
            () => trainer.BeginEpoch(),
            () => trainer.Fit(batches, 1),
            () => trainer.Fit([new TrainingTask(data.Class(1, 1))], batchSize: 1),
        ];
        var refusals = new List<Exception?>();
        trainer.Fit(batches, 1, new Inline(() => refusals.AddRange(calls.SelectMany(call => new[] { Record.Exception(call), OnAnotherThread(call) }))));

        refusals.Should().HaveCount(2 * 2 * calls.Length).And.AllBeOfType<InvalidOperationException>();
        refusals.Select(refusal => refusal!.Message).Distinct(StringComparer.Ordinal).Should().Equal(InUse);
        trainer.State.Should().Be(new TrainerState(2, 1, 0, 0));
    }

    [Fact]
    public void Observers_and_policies_cannot_call_their_trainer()
    {
        using var data = new ContinualTrainerTests.Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.01);
        ContinualTrainer? trainer = null;
        var refusals = new List<Exception?>();
        void Try() => refusals.Add(Record.Exception(() => trainer!.TrainStep(data.Inputs, data.Labels)));
        trainer = new ContinualTrainer(net, optimizer)
            .UseReset(BoundaryKind.StepBoundary, new WritePolicy(_ => Try()))
            .UseObserver(new Everything(Try));
        using (trainer)
        {
            trainer.TrainStep(data.Inputs, data.Labels);
        }

        refusals.Should().HaveCount(4, "the policy, the reset, the boundary and the step").And.AllBeOfType<InvalidOperationException>();
        refusals.Select(refusal => refusal!.Message).Distinct(StringComparer.Ordinal).Should().Equal(InUse);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_episodic_trainer_refuses_others_between_episodes_too(bool meta)
    {
        using var net = new EpisodicNet(gated: false);
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        using EpisodicTrainer trainer = meta ? new MetaAsbTrainer(net, optimizer) : new AsbTrainer(net, optimizer);
        var refusals = new List<Exception?>();
        var source = new RandomEpisodes(inner: 2, remember: 2);
        trainer.Fit(source, 2, new Inline(() =>
        {
            refusals.Add(OnAnotherThread(() => trainer.TrainEpisode(source.Episode(0))));
            refusals.Add(OnAnotherThread(() => trainer.Fit(source, 1)));
        }));

        refusals.Should().HaveCount(4).And.AllBeOfType<InvalidOperationException>();
        trainer.State.Steps.Should().Be(2);
    }

    [Fact]
    public void Two_threads_at_once_on_one_trainer_make_as_many_steps_and_resets_as_were_let_through()
    {
        using var data = new ContinualTrainerTests.Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.01);
        using var trainer = new ContinualTrainer(net, optimizer).UseZapping(BoundaryKind.StepBoundary, o => o.Head = Nets.Head);
        var made = 0L;
        void Hammer()
        {
            for (var i = 0; i < 300; i++)
            {
                try
                {
                    trainer.TrainStep(data.Inputs, data.Labels);
                    Interlocked.Increment(ref made);
                }
                catch (InvalidOperationException refusal) when (refusal.Message == InUse)
                {
                    Thread.Yield();
                }
            }
        }

        var threads = Enumerable.Range(0, 2).Select(_ => new Thread(Hammer)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        trainer.State.Steps.Should().Be(made);
        trainer.Schedulers[0].State.Should().Be(new ZapSchedulerState(made, made), "no step is signaled twice");
    }

    [Fact]
    public void Two_schedulers_of_one_model_do_not_reset_it_at_once()
    {
        using var net = Nets.Small();
        var other = Nets.Scheduler(net, new ZapPolicy(new ZapOptions { Head = Nets.Head }));
        Exception? refusal = null;
        var scheduler = Nets.Scheduler(net, new WritePolicy(_ => refusal = OnAnotherThread(() => other.Signal(BoundaryKind.ClassBoundary, 1))));
        scheduler.Signal(BoundaryKind.ClassBoundary, 1);

        refusal.Should().BeOfType<InvalidOperationException>().Which.Message.Should().Be(
            "A reset of this model is already running: a policy must not signal schedulers, and one model must not be reset from two threads at once.");
        other.State.Should().Be(new ZapSchedulerState(0, 0));
        other.Signal(BoundaryKind.ClassBoundary, 1).Should().BeTrue("the model is free again");
    }

    [Fact]
    public void A_context_is_of_one_thread_and_of_one_reset()
    {
        using var net = Nets.Small();
        ResetContext? kept = null;
        Exception? elsewhere = null;
        var scheduler = Nets.Scheduler(net, new WritePolicy(context =>
        {
            kept = context;
            elsewhere = OnAnotherThread(() => Write(context));
        }));
        var before = Nets.Bits(net);
        scheduler.Signal(BoundaryKind.ClassBoundary, 1);

        elsewhere.Should().BeOfType<InvalidOperationException>().Which.Message.Should().Be("A ResetContext belongs to the thread on which IResetPolicy.Apply was called.");
        FluentActions.Invoking(() => Write(kept!)).Should().Throw<InvalidOperationException>()
            .WithMessage("A ResetContext is valid only while IResetPolicy.Apply runs; do not keep it.");
        Nets.Bits(net).Should().BeEquivalentTo(before);

        void Write(ResetContext context) => context.Reset(Nets.HeadOf(net).weight, ParameterSlice.All, Initializer.Zeros());
    }

    private static Exception? OnAnotherThread(Action call)
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(call));
        thread.Start();
        thread.Join();
        return thrown;
    }

    private sealed class Inline(Action action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action();
    }

    private sealed class Everything(Action action) : ITrainingObserver
    {
        public void OnBoundaryStarted(TrainingBoundary boundary) => action();

        public void OnResetCompleted(ResetReport report) => action();

        public void OnStep(TrainingStep step) => action();
    }
}
