using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using Zapping.Training.Optimizers;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Evaluation;

/// <summary>What improves no more is ended, without an exception, and the best weights come back.</summary>
[Collection(AloneCollection.Name)] // a resume sets the global generator
public sealed class EarlyStoppingTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-stopping-");
    private readonly LabeledBatch _train;
    private readonly ShuffledBatches _validation;

    public EarlyStoppingTests()
    {
        using var generator = new Generator(4);
        _train = new(randn([16, 6], generator: generator), randint(0, Nets.Units, [16], generator: generator)); // noise: what is learned does not carry over
        _validation = new ShuffledBatches(randn([40, 6], generator: generator), randint(0, Nets.Units, [40], generator: generator), batchSize: 40);
    }

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void It_ends_after_the_patience_and_gives_the_best_weights_back()
    {
        using var run = new Run(this, patience: 4);
        var losses = new List<double>();
        run.Trainer.OnEpochEnded(_ => losses.Add(run.Trainer.Evaluate(_validation).Loss));

        var summary = run.Trainer.Fit(run.Source, epochs: 500);

        summary.IsStopped.Should().BeTrue();
        losses.Should().HaveCountLessThan(500);
        losses.IndexOf(losses.Min()).Should().Be(losses.Count - 5, "the best epoch, and four after it");
        run.Trainer.Evaluate(_validation).Loss.Should().BeApproximately(losses.Min(), 1e-9);
    }

    [Fact]
    public void Each_experience_is_ended_by_itself()
    {
        using var run = new Run(this, patience: 2);
        var epochs = new List<long>();
        run.Trainer.OnTaskEnded(_ => epochs.Add(run.Trainer.State.Epochs));

        var summary = run.Trainer.Fit([new Experience(run.Source, epochs: 300), new Experience(run.Source, epochs: 300)]);

        summary.IsStopped.Should().BeFalse();
        epochs.Should().HaveCount(2).And.OnlyContain(count => count < 600);
        epochs[1].Should().BeGreaterThan(epochs[0]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    public void A_resumed_run_ends_where_the_other_one_does(int stop)
    {
        using var whole = new Run(this, patience: 4);
        whole.Trainer.Fit(whole.Source, epochs: 500);
        using (var first = new Run(this, patience: 4))
        using (var store = new CheckpointStore(_folder.FullName))
        {
            using var end = new CancellationTokenSource();
            first.Trainer.UseObserver(new CancelAt(stop, end));
            first.Trainer.Invoking(trainer => trainer.Fit(first.Source, epochs: 500, cancellationToken: end.Token)).Should().Throw<OperationCanceledException>();
            store.Save(first.Trainer);
        }

        using var second = new Run(this, patience: 4);
        using (var store = new CheckpointStore(_folder.FullName))
        {
            store.Resume(second.Trainer);
        }

        second.Trainer.FitUntilEpoch(second.Source, 500);
        TrainerBits.Of(second.Trainer).Should().BeEquivalentTo(TrainerBits.Of(whole.Trainer));
    }

    [Fact]
    public void Accuracy_of_targets_that_are_no_classes_is_refused()
    {
        using var net = Nets.Small();
        using var sgd = new FusedSgd(net.parameters(), 0.1);
        var soft = new ShuffledBatches(rand(8, 6), rand(8, Nets.Units).softmax(1), batchSize: 4);
        using var trainer = new ContinualTrainer(net, sgd).UseEarlyStopping(soft, new() { Metric = StoppingMetric.Accuracy });

        trainer.Invoking(own => own.Fit(soft, epochs: 1)).Should().Throw<InvalidOperationException>().WithMessage("*no accuracy*");
    }

    private sealed class Run : IDisposable
    {
        private readonly FusedAdam _adam;

        public Run(EarlyStoppingTests owner, int patience)
        {
            var net = Nets.Small();
            _adam = new FusedAdam(net.parameters(), 3e-3);
            Source = new ShuffledBatches(owner._train.Inputs, owner._train.Labels, batchSize: 8, seed: 2);
            Trainer = new ContinualTrainer(net, _adam).UseEarlyStopping(owner._validation, new() { Patience = patience });
        }

        public ShuffledBatches Source { get; }

        public ContinualTrainer Trainer { get; }

        public void Dispose()
        {
            Trainer.Dispose();
            _adam.Dispose();
        }
    }

    private sealed class CancelAt(long step, CancellationTokenSource end) : ITrainingObserver
    {
        public void OnStep(TrainingStep made)
        {
            if (made.Index + 1 == step)
            {
                end.Cancel();
            }
        }
    }
}
