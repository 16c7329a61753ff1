using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>A run of 2N steps equals N steps, a checkpoint, another process' worth of new objects, and N more: bit for bit.</summary>
[Collection(AloneCollection.Name)] // dropout draws from the global generator
public sealed class ResumeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-resume-");

    public static TheoryData<string, string> TrainersAndOptimizers => new(
        ManagedOptimizers.All.Keys.SelectMany(optimizer => new[] { "epochs", "classes", "asb", "meta" }.Select(trainer => (trainer, optimizer))));

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(TrainersAndOptimizers))]
    public void Twice_N_steps_equal_N_a_resume_and_N(string trainer, string optimizer)
    {
        using var scope = NewDisposeScope();
        using var whole = new Run(trainer, ManagedOptimizers.All[optimizer]);
        whole.Go(22);

        using (var first = new Run(trainer, ManagedOptimizers.All[optimizer]))
        using (var store = new CheckpointStore(_folder.FullName))
        {
            first.Go(11); // inside an epoch and inside a class
            store.Save(first.Trainer);
        }

        using var second = new Run(trainer, ManagedOptimizers.All[optimizer]);
        using (var store = new CheckpointStore(_folder.FullName))
        {
            manual_seed(999); // a new process' global generator is another one
            store.Resume(second.Trainer)!.Steps.Should().Be(11);
        }

        second.Trainer.State.Steps.Should().Be(11);
        second.Go(22);
        second.Trainer.State.Should().Be(whole.Trainer.State);
        second.Trainer.Schedulers[0].State.Should().Be(whole.Trainer.Schedulers[0].State).And.NotBe(new ZapSchedulerState(0, 0));
        Nets.Bits(second.Net).Should().BeEquivalentTo(Nets.Bits(whole.Net));
        second.OptimizerBits().Should().BeEquivalentTo(whole.OptimizerBits());
        second.Losses.Should().Equal(whole.Losses.Skip(11));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(15)]
    public void Any_step_of_an_epoch_or_class_is_a_place_to_stop(int stop)
    {
        using var scope = NewDisposeScope();
        foreach (var kind in new[] { "epochs", "classes" })
        {
            using var whole = new Run(kind, ManagedOptimizers.All["Adam"]);
            whole.Go(20);
            using var first = new Run(kind, ManagedOptimizers.All["Adam"]);
            using var store = new CheckpointStore(Path.Combine(_folder.FullName, kind));
            first.Go(stop);
            store.Save(first.Trainer);
            using var second = new Run(kind, ManagedOptimizers.All["Adam"]);
            store.Resume(second.Trainer);
            second.Go(20);
            Nets.Bits(second.Net).Should().BeEquivalentTo(Nets.Bits(whole.Net), kind);
            second.Trainer.Schedulers[0].State.Should().Be(whole.Trainer.Schedulers[0].State, "no boundary is said twice or left out");
        }
    }

    [Fact]
    public void Learning_rate_schedules_go_on_where_they_were()
    {
        using var scope = NewDisposeScope();
        using var whole = Scheduled();
        whole.Go(22);
        using var first = Scheduled();
        using var store = new CheckpointStore(_folder.FullName);
        first.Go(11);
        store.Save(first.Trainer);
        using var second = Scheduled();
        store.Resume(second.Trainer);
        second.Go(22);
        second.Optimizer.ParamGroups.First().LearningRate.Should().Be(whole.Optimizer.ParamGroups.First().LearningRate).And.NotBe(1e-2);
        Nets.Bits(second.Net).Should().BeEquivalentTo(Nets.Bits(whole.Net));

    }

    [Fact]
    public void A_learning_rate_schedule_that_is_further_already_is_refused()
    {
        using var scope = NewDisposeScope();
        using var first = Scheduled();
        using var store = new CheckpointStore(_folder.FullName);
        first.Go(5);
        store.Save(first.Trainer);
        first.Go(6);
        var before = Nets.Bits(first.Net);

        store.Invoking(s => s.Resume(first.Trainer)).Should().Throw<CheckpointException>()
            .Which.Reason.Should().Be("a learning-rate scheduler has been stepped further already; make a new one before resuming.");
        Nets.Bits(first.Net).Should().BeEquivalentTo(before);
    }

    private static Run Scheduled()
    {
        var run = new Run("epochs", ManagedOptimizers.All["Adam"]);
        run.Trainer.UseLearningRateScheduler(optim.lr_scheduler.StepLR(run.Optimizer, 1, 0.5));
        run.Trainer.UseLearningRateScheduler(optim.lr_scheduler.ExponentialLR(run.Optimizer, 0.99), BoundaryKind.StepBoundary);
        return run;
    }

    [Fact]
    public void A_periodic_save_is_as_good_as_one_by_hand()
    {
        using var scope = NewDisposeScope();
        using var whole = new Run("meta", ManagedOptimizers.All["AdamW"]);
        whole.Go(12);
        using var first = new Run("meta", ManagedOptimizers.All["AdamW"]);
        using var store = new CheckpointStore(_folder.FullName);
        first.Trainer.UseCheckpoints(store, everySteps: 4, () => first.Trainer.State.Steps);
        first.Go(11);
        store.Checkpoints.Select(c => c.Steps).Should().Equal(8, 4);
        store.Best!.Steps.Should().Be(8);
        using var second = new Run("meta", ManagedOptimizers.All["AdamW"]);
        store.Resume(second.Trainer)!.Score.Should().Be(8);
        second.Go(12);
        Nets.Bits(second.Net).Should().BeEquivalentTo(Nets.Bits(whole.Net));
    }

    /// <summary>A net with dropout (but for Meta-ASB) and running statistics, a trainer with zapping, and data.</summary>
    private sealed class Run : IDisposable
    {
        private const int PerClass = 4;
        private readonly Tensor _inputs;
        private readonly Tensor _labels;

        public Run(string kind, Func<IEnumerable<Parameter>, optim.Optimizer> optimizer)
        {
            manual_seed(7);
            Net = Sequential(
                ("conv", Conv2d(1, 2, 3)), ("norm", BatchNorm2d(2)), ("relu", ReLU()), ("flatten", Flatten()),
                ("drop", kind == "meta" ? Identity() : Dropout(0.2)), ("head", Linear(32, 5)));
            Optimizer = optimizer(Net.parameters());
            var options = new ZapOptions { Head = Nets.Head, OptimizerState = OptimizerStateReset.Slice };
            Trainer = kind switch
            {
                "asb" => new AsbTrainer(Net, Optimizer, new AsbOptions { InnerLearningRate = 1e-2 }).UseZapping(ClassBoundary, options),
                "meta" => new MetaAsbTrainer(Net, Optimizer, new MetaAsbOptions { InnerLearningRate = 1e-2 }).UseZapping(ClassBoundary, options),
                "classes" => new ContinualTrainer(Net, Optimizer).UseZapping(ClassBoundary, options),
                _ => new ContinualTrainer(Net, Optimizer).UseZapping(new ResetSchedule(BoundaryKind.EpochBoundary) { Seed = 4 }, o => o.Head = Nets.Head),
            };
            using var generator = new Generator(3);
            _inputs = rand([5 * PerClass, 1, 6, 6], generator: generator);
            _labels = arange(5 * PerClass).div(PerClass, RoundingMode.floor).to(ScalarType.Int64);
        }

        public Sequential Net { get; }

        public Trainer Trainer { get; }

        public optim.Optimizer Optimizer { get; }

        public List<double> Losses { get; } = [];

        private static ResetSchedule ClassBoundary { get; } = new(BoundaryKind.ClassBoundary) { Seed = 4 };

        /// <summary>Trains until so many steps have been made in all.</summary>
        public void Go(long steps)
        {
            using var stop = new CancellationTokenSource();
            var progress = new Relay(loss =>
            {
                Losses.Add(loss);
                if (Trainer.State.Steps >= steps)
                {
                    stop.Cancel();
                }
            });
            var data = new LabeledBatch(_inputs, _labels);
            var fit = () => _ = Trainer switch
            {
                EpisodicTrainer episodic => episodic.Fit(new EpisodeSampler(data, new EpisodeOptions { InnerExamples = 4, RememberExamples = 6 }, seed: 2), 1000, progress, stop.Token),
                ContinualTrainer continual when Trainer.Schedulers[0].Schedule.Every == BoundaryKind.EpochBoundary =>
                    continual.Fit(new ShuffledBatches(_inputs, _labels, 4, seed: 2), 1000, progress, stop.Token),
                ContinualTrainer continual => continual.Fit(Stream(), 1, progress, stop.Token),
                _ => throw new InvalidOperationException(),
            };
            fit.Should().Throw<OperationCanceledException>();
            Trainer.State.Steps.Should().Be(steps);
        }

        public List<byte[]> OptimizerBits() => [.. ManagedOptimizers.State(Optimizer).Select(field => field.Value)];

        public void Dispose()
        {
            Trainer.Dispose();
            Optimizer.Dispose();
            Net.Dispose();
        }

        private IEnumerable<TrainingTask> Stream()
        {
            for (var task = 0; ; task++)
            {
                yield return new TrainingTask([.. Enumerable.Range(0, 2).Select(i => ((2 * task) + i) % 5)
                    .Select(c => new ClassExamples(c, _inputs.narrow(0, c * PerClass, PerClass)))]);
            }
        }
    }

    private sealed class Relay(Action<double> told) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => told(value.Loss);
    }
}
