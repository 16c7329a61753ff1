using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Trainers;

public sealed class ContinualTrainerTests
{
    [Fact]
    public void Training_equals_a_hand_written_loop_bit_for_bit()
    {
        using var data = new Data();
        using var trained = Nets.Small();
        using var byHand = Nets.Small();
        using var optimizer = optim.Adam(trained.parameters(), 0.01);
        using var handOptimizer = optim.Adam(byHand.parameters(), 0.01);
        var batches = new ShuffledBatches(data.Inputs, data.Labels, 4, seed: 1);

        using var trainer = new ContinualTrainer(trained, optimizer);
        var summary = trainer.Fit(batches, epochs: 3);

        var losses = new List<double>();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            foreach (var (inputs, labels) in batches.Epoch(epoch))
            {
                using var scope = NewDisposeScope();
                byHand.zero_grad();
                var loss = functional.cross_entropy(byHand.call(inputs), labels);
                loss.backward();
                handOptimizer.step();
                losses.Add(loss.item<float>());
            }
        }

        Nets.Bits(trained).Should().BeEquivalentTo(Nets.Bits(byHand));
        summary.Should().Be(new TrainingSummary(9, 30, losses.Average(), losses[^1]));
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(4, 4)]
    public void A_stream_goes_class_by_class_in_steps_of_the_batch_size(int batchSize, int steps)
    {
        using var data = new Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.01);
        var log = new Log();
        using var trainer = new ContinualTrainer(net, optimizer).UseObserver(log);

        trainer.Fit([new TrainingTask(data.Class(3, 6), data.Class(1, 2)), new TrainingTask(data.Class(5, 2))], batchSize);

        log.Boundaries.Where(b => b.Kind != StepBoundary).Select(b => b.ToString()).Should().Equal(
            "TaskBoundary 0 (classes 3, 1)", "ClassBoundary 0 (classes 3)", "ClassBoundary 1 (classes 1)",
            "TaskBoundary 1 (classes 5)", "ClassBoundary 2 (classes 5)");
        log.Steps.Should().HaveCount(steps);
        log.Labels.Should().Equal(3, 3, 3, 3, 3, 3, 1, 1, 5, 5);
        trainer.State.Should().Be(new TrainerState(steps, 0, 3, 2));
    }

    [Theory]
    [InlineData(StepBoundary, 3)]
    [InlineData(EpochBoundary, 2)]
    [InlineData(ClassBoundary, 2)]
    [InlineData(TaskBoundary, 1)]
    public void UseZapping_resets_at_boundaries_of_its_kind(BoundaryKind every, int resets)
    {
        using var data = new Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.01);
        var log = new Log();
        using var trainer = new ContinualTrainer(net, optimizer).UseZapping(every, o => o.Head = Nets.Head).UseObserver(log);

        if (every is StepBoundary or EpochBoundary)
        {
            trainer.Fit(new ShuffledBatches(data.Inputs, data.Labels, every == StepBoundary ? 4 : 10), epochs: every == StepBoundary ? 1 : 2);
        }
        else
        {
            trainer.Fit([new TrainingTask(data.Class(3, 1), data.Class(6, 1))], batchSize: 1);
        }

        log.Resets.Should().HaveCount(resets);
        log.Resets.SelectMany(r => r.Parameters).Should().OnlyContain(r => r.Parameter == "head.weight");
        log.Resets[0].Parameters[0].Slice.ToString().Should().Be(
            every switch { ClassBoundary => "row 3", TaskBoundary => "rows 3, 6", _ => "rows 0, 1, 2, 3, 4, 5, 6, 7" });
        trainer.Schedulers.Should().ContainSingle().Which.State.Resets.Should().Be(resets);
    }

    [Fact]
    public void A_reset_comes_before_the_first_step_of_its_class()
    {
        using var data = new Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.01);
        var events = new List<string>();
        using var trainer = new ContinualTrainer(net, optimizer)
            .UseReset(ClassBoundary, new WritePolicy(_ => events.Add("reset")))
            .UseObserver(new Log(step => events.Add($"step {step.Index}")));
        trainer.Fit([new TrainingTask(data.Class(0, 2), data.Class(1, 1))], batchSize: 1);
        events.Should().Equal("reset", "step 0", "step 1", "reset", "step 2");
    }

    [Fact]
    public void Clipping_scales_all_gradients_to_the_given_global_norm()
    {
        using var data = new Data();
        using var net = Nets.Small();
        using var byHand = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        using var handOptimizer = optim.SGD(byHand.parameters(), 0.1);
        var log = new Log();
        using var trainer = new ContinualTrainer(net, optimizer).UseGradientClipping(0.05).UseObserver(log);

        trainer.TrainStep(data.Inputs, data.Labels);

        using var scope = NewDisposeScope();
        functional.cross_entropy(byHand.call(data.Inputs), data.Labels).backward();
        var norm = Math.Sqrt(byHand.parameters().Sum(p => p.grad!.square().sum().item<float>()));
        using (no_grad())
        {
            foreach (var parameter in byHand.parameters())
            {
                parameter.sub_(parameter.grad! * (0.1 * 0.05 / norm));
            }
        }

        log.Steps[0].GradientNorm.Should().BeApproximately(norm, 1e-5);
        norm.Should().BeGreaterThan(0.05);
        foreach (var (mine, its) in net.parameters().Zip(byHand.parameters()))
        {
            (mine - its).abs().max().item<float>().Should().BeLessThan(1e-6f);
        }
    }

    [Theory]
    [InlineData(EpochBoundary, 0.25)]
    [InlineData(StepBoundary, 1.0 / 64)]
    public void Learning_rates_follow_their_schedule(BoundaryKind every, double factor)
    {
        using var data = new Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        var schedule = optim.lr_scheduler.StepLR(optimizer, 1, 0.5);
        using var trainer = new ContinualTrainer(net, optimizer).UseLearningRateScheduler(schedule, every);
        trainer.Fit(new ShuffledBatches(data.Inputs, data.Labels, 4), epochs: 2);
        optimizer.ParamGroups.Single().LearningRate.Should().BeApproximately(0.1 * factor, 1e-9);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_before_the_optimizer_is_stepped()
    {
        using var data = new Data();
        using var net = Nets.Small();
        using var optimizer = optim.Adam(net.parameters());
        var poison = false;
        using var trainer = new ContinualTrainer(
            net, optimizer, (outputs, labels) => functional.cross_entropy(outputs, labels) * (poison ? double.NaN : 1));
        trainer.BeginClass(4);
        trainer.TrainStep(data.Inputs, data.Labels);
        var before = Nets.Bits(net);
        poison = true;

        var thrown = trainer.Invoking(t => t.TrainStep(data.Inputs, data.Labels)).Should().Throw<NonFiniteStepException>().Which;

        thrown.Message.Should().Contain("NaN at step 1").And.Contain("ClassBoundary 0 (classes 4)");
        (thrown.Step, thrown.Boundary!.Kind).Should().Be((1, ClassBoundary));
        Nets.Bits(net).Should().BeEquivalentTo(before);
        optimizer.state_dict().State.Cast<Adam.State>().Should().OnlyContain(s => s.step == 1);
        poison = false;
        trainer.TrainStep(data.Inputs, data.Labels); // and the trainer goes on
        trainer.State.Steps.Should().Be(2);
    }

    [Fact]
    public void Cancellation_ends_between_two_steps_and_training_can_go_on()
    {
        using var data = new Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.01);
        using var trainer = new ContinualTrainer(net, optimizer);
        using var source = new CancellationTokenSource();
        var reports = new List<TrainingProgress>();
        var progress = new Inline(report =>
        {
            reports.Add(report);
            if (reports.Count == 2)
            {
                source.Cancel();
            }
        });
        var batches = new ShuffledBatches(data.Inputs, data.Labels, 4);

        trainer.Invoking(t => t.Fit(batches, 5, progress, source.Token)).Should().Throw<OperationCanceledException>();

        reports.Select(r => (r.Steps, r.TotalSteps, r.Examples)).Should().Equal((1, 15, 4), (2, 15, 8));
        trainer.State.Steps.Should().Be(2);
        trainer.State.Should().Be(new TrainerState(2, 1, 0, 0, EpochSteps: 2));

        var rest = new List<TrainingProgress>();
        trainer.Fit(batches, 2, new Inline(rest.Add), TestContext.Current.CancellationToken);

        rest.Select(r => (r.Steps, r.TotalSteps)).Should().Equal([(1, 4), (2, 4), (3, 4), (4, 4)], "the rest of the open epoch is the first of two");
        trainer.State.Should().Be(new TrainerState(6, 2, 0, 0));
    }

    [Fact]
    public void Restored_counts_continue_the_boundaries_and_the_order_of_the_data()
    {
        using var data = new Data();
        using var whole = Nets.Small();
        using var parts = Nets.Small();
        var batches = new ShuffledBatches(data.Inputs, data.Labels, 4, seed: 5);
        ContinualTrainer Make(Sequential net) => new ContinualTrainer(net, optim.SGD(net.parameters(), 0.05))
            .UseZapping(new ResetSchedule(EpochBoundary) { SkipFirst = true, Seed = 6 }, new ZapOptions { Head = Nets.Head, Units = UnitSelection.Random(3) });

        Make(whole).Fit(batches, 4);
        var first = Make(parts);
        first.Fit(batches, 2);
        var second = Make(parts);
        second.State = first.State;
        second.Schedulers[0].State = first.Schedulers[0].State;
        second.Fit(batches, 2);

        Nets.Bits(parts).Should().BeEquivalentTo(Nets.Bits(whole));
    }

    [Fact]
    public void Several_optimizers_are_all_stepped()
    {
        using var data = new Data();
        using var net = Nets.Small();
        var before = Nets.Bits(net);
        using var body = optim.SGD([net.get_parameter("body.weight")!, net.get_parameter("body.bias")!], 0.1);
        using var head = optim.Adam(Nets.HeadOf(net).parameters());
        using var trainer = new ContinualTrainer(net, [body, head]);
        trainer.UseZapping(every: ClassBoundary, o => o.Head = Nets.Head);
        trainer.BeginClass(1);
        trainer.TrainStep(data.Inputs, data.Labels);
        foreach (var (name, bits) in Nets.Bits(net))
        {
            bits.Should().NotEqual(before[name], name);
        }
    }

    [Fact]
    public void LBFGS_trains_and_its_failures_surface_as_themselves()
    {
        using var data = new Data();
        using var net = Nets.Small();
        using var optimizer = optim.LBFGS(net.parameters(), 0.5, max_iter: 5, max_eval: 8);
        var calls = 0;
        var failAt = int.MaxValue;
        using var trainer = new ContinualTrainer(net, optimizer, (outputs, labels) =>
            ++calls == failAt ? throw new FormatException("the loss's own") : functional.cross_entropy(outputs, labels));

        var first = trainer.TrainStep(data.Inputs, data.Labels);
        trainer.TrainStep(data.Inputs, data.Labels).Should().BeLessThan(first);

        calls.Should().BeGreaterThan(2);
        failAt = calls + 2;
        trainer.Invoking(t => t.TrainStep(data.Inputs, data.Labels)).Should().Throw<FormatException>().WithMessage("the loss's own");
    }

    [Fact]
    public void Failures_of_model_loss_and_observer_leave_the_trainer_usable()
    {
        using var data = new Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.01);
        var fail = true;
        using var trainer = new ContinualTrainer(net, optimizer, (outputs, labels) => fail ? outputs : functional.cross_entropy(outputs, labels));
        trainer.UseObserver(new Log(step => Assert.False(step.Index == 1)));

        trainer.Invoking(t => t.TrainStep(data.Inputs, data.Labels)).Should().Throw<InvalidOperationException>().WithMessage("*scalar*[10, 8]*");
        fail = false;
        trainer.Invoking(t => t.TrainStep(zeros(2, 3), data.Labels)).Should().Throw<Exception>();
        trainer.TrainStep(data.Inputs, data.Labels);
        trainer.Invoking(t => t.TrainStep(data.Inputs, data.Labels)).Should().Throw<Exception>();
        trainer.TrainStep(data.Inputs, data.Labels);
    }

    [Fact]
    public void Re_entrance_and_a_second_thread_are_refused()
    {
        using var data = new Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.01);
        using var trainer = new ContinualTrainer(net, optimizer);
        var refusals = new List<Exception?>();
        trainer.UseObserver(new Log(_ =>
        {
            refusals.Add(Record.Exception(() => trainer.BeginClass(1)));
            var thread = new Thread(() => refusals.Add(Record.Exception(() => { trainer.TrainStep(data.Inputs, data.Labels); })));
            thread.Start();
            thread.Join();
        }));
        trainer.TrainStep(data.Inputs, data.Labels);
        refusals.Should().HaveCount(2).And.AllBeOfType<InvalidOperationException>();
    }

    [Fact]
    public async Task Two_trainers_on_two_threads_do_not_disturb_each_other()
    {
        byte[] Train(ulong seed)
        {
            using var data = new Data();
            using var net = Nets.Small(seed: seed);
            using var optimizer = optim.Adam(net.parameters(), 0.01);
            using var trainer = new ContinualTrainer(net, optimizer).UseZapping(new ResetSchedule(EpochBoundary) { Seed = seed }, o => o.Head = Nets.Head);
            trainer.Fit(new ShuffledBatches(data.Inputs, data.Labels, 3, seed), epochs: 20);
            return Nets.Bits(Nets.HeadOf(net).weight);
        }

        var alone = new[] { Train(1), Train(2) };
        var together = await Task.WhenAll(Task.Run(() => Train(1)), Task.Run(() => Train(2)));
        together[0].Should().Equal(alone[0]);
        together[1].Should().Equal(alone[1]);
    }

    [Fact]
    public void A_disposed_trainer_refuses_and_what_is_the_callers_lives_on()
    {
        using var data = new Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.01);
        var trainer = new ContinualTrainer(net, optimizer);
        trainer.Fit([new TrainingTask(new ClassExamples(1, data.Inputs))], batchSize: 1);
        trainer.Dispose();
        trainer.Invoking(t => t.TrainStep(data.Inputs, data.Labels)).Should().Throw<ObjectDisposedException>();
        trainer.Invoking(t => t.BeginEpoch()).Should().Throw<ObjectDisposedException>();
        data.Inputs.IsInvalid.Should().BeFalse();
        net.parameters().Should().OnlyContain(p => !p.IsInvalid);
    }

    [Fact]
    public void Arguments_that_make_no_sense_are_refused()
    {
        using var data = new Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.01);
        using var lbfgs = optim.LBFGS(net.parameters(), 0.1, max_eval: 3);
        using var trainer = new ContinualTrainer(net, optimizer);
        FluentActions.Invoking(() => new ContinualTrainer(net, [])).Should().Throw<ArgumentException>().WithMessage("*At least one optimizer*");
        FluentActions.Invoking(() => new ContinualTrainer(net, [optimizer, lbfgs])).Should().Throw<NotSupportedException>().WithMessage("*LBFGS*");
        trainer.Invoking(t => t.UseGradientClipping(double.NaN)).Should().Throw<ArgumentOutOfRangeException>();
        trainer.Invoking(t => t.UseGradientClipping(1e39)).Should().Throw<ArgumentOutOfRangeException>();
        trainer.Invoking(t => t.UseGradientClipping(0)).Should().Throw<ArgumentOutOfRangeException>();
        trainer.Invoking(t => t.Fit([], batchSize: 0)).Should().Throw<ArgumentOutOfRangeException>();
        trainer.Invoking(t => t.UseLearningRateScheduler(optim.lr_scheduler.StepLR(optimizer, 1), ClassBoundary)).Should().Throw<ArgumentOutOfRangeException>();
    }

    internal sealed class Data : IDisposable
    {
        public Data()
        {
            using var generator = new Generator(11UL);
            Inputs = randn([10, 6], generator: generator);
            Labels = randint(0, Nets.Units, [10], generator: generator);
        }

        public Tensor Inputs { get; }

        public Tensor Labels { get; }

        public ClassExamples Class(int id, int count) => new(id, Inputs.narrow(0, id, 1).expand(count, 6));

        public void Dispose()
        {
            Inputs.Dispose();
            Labels.Dispose();
        }
    }

    private sealed class Log(Action<TrainingStep>? onStep = null) : ITrainingObserver
    {
        public List<TrainingBoundary> Boundaries { get; } = [];

        public List<ResetReport> Resets { get; } = [];

        public List<TrainingStep> Steps { get; } = [];

        public List<long> Labels { get; } = [];

        public void OnBoundaryStarted(TrainingBoundary boundary) => Boundaries.Add(boundary);

        public void OnResetCompleted(ResetReport report) => Resets.Add(report);

        public void OnStep(TrainingStep step)
        {
            Steps.Add(step);
            Labels.AddRange(step.Labels!.data<long>().ToArray());
            step.Outputs!.shape.Should().Equal(step.Labels.shape[0], Nets.Units);
            onStep?.Invoke(step);
        }
    }

    private sealed class Inline(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
