using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Diagnostics;
using Zapping.Training.Evaluation;
using Zapping.Training.Heads;
using Zapping.Training.Resuming;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>What observers sum up, and what policies were told, comes through a checkpoint.</summary>
public sealed class ObserverResumeTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-observers-");
    private readonly TrainingTask[] _tasks;
    private readonly LabeledBatch[] _queries;

    public ObserverResumeTests()
    {
        _tasks = [.. Enumerable.Range(0, 3).Select(t => new TrainingTask(new ClassExamples(2 * t, rand(6, 6) + (2 * t)), new ClassExamples((2 * t) + 1, rand(6, 6) - (2 * t) - 1)))];
        _queries = [.. _tasks.Select(Query)];
    }

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(17)]
    [InlineData(24)]
    public void A_matrix_a_recovery_and_diagnostics_go_on_where_they_were(int stop)
    {
        using var whole = new Run(_queries);
        whole.Trainer.Fit(_tasks, batchSize: 1);
        whole.Matrix.Finish();

        using (var first = new Run(_queries, stop))
        using (var store = new CheckpointStore(_folder.FullName))
        {
            first.Invoking(run => run.Trainer.Fit(_tasks, batchSize: 1, cancellationToken: run.Stop)).Should().Throw<OperationCanceledException>();
            store.Save(first.Trainer);
        }

        using var second = new Run(_queries);
        using (var store = new CheckpointStore(_folder.FullName))
        {
            store.Resume(second.Trainer);
        }

        second.Trainer.Fit(_tasks, batchSize: 1);
        second.Matrix.Finish();
        second.Matrix.Baseline.Should().BeEquivalentTo(whole.Matrix.Baseline);
        second.Matrix.Accuracies.Should().Be(whole.Matrix.Accuracies);
        second.Matrix.Losses.Should().Be(whole.Matrix.Losses);
        second.Recovery.Levels.Should().Equal(whole.Recovery.Levels);
        second.Recovery.Losses.Should().Equal(whole.Recovery.Losses);
        second.Recovery.Events.Should().Equal(whole.Recovery.Events);
        // Gradients are not saved, so there is none between a resume and the first step.
        second.Diagnostics.Records.Should().BeEquivalentTo(
            whole.Diagnostics.Records, options => options.WithStrictOrdering().Excluding(member => member.Name == nameof(ParameterNorms.GradientNorm)));
    }

    [Fact]
    public void An_observer_that_was_not_there_is_refused_by_name_and_if_that_is_meant_gives_no_metric_that_needs_the_beginning()
    {
        using var net = Nets.Small();
        using var sgd = optim.SGD(net.parameters(), 0.1);
        using var store = new CheckpointStore(_folder.FullName);
        using (var bare = new ContinualTrainer(net, sgd))
        {
            bare.Fit(_tasks[..2], batchSize: 1);
            store.Save(bare);
        }

        var late = new TaskMatrixObserver(new TaskEvaluator(net, _queries));
        using var watched = new ContinualTrainer(net, sgd).UseObserver(late);
        store.Invoking(s => s.Resume(watched)).Should().Throw<CheckpointException>().WithMessage("*observers was [] and is [\"TaskMatrixObserver\"]. If*Accept = [\"observers\"]*");
        store.Resume(watched, new ResumeOptions { Accept = ["observers"] });
        watched.Fit(_tasks[2..], batchSize: 1);
        late.Finish();
        late.Scores.Should().HaveCount(1);
        late.Invoking(o => o.Accuracies).Should().Throw<InvalidOperationException>().WithMessage("*after its first task had begun*");
    }

    [Fact]
    public void A_state_that_is_damaged_is_refused_and_no_observer_is_changed()
    {
        using var run = new Run(_queries);
        run.Trainer.Fit(_tasks[..1], batchSize: 1);
        foreach (var observer in new IStatefulTrainingObserver[] { run.Matrix, run.Recovery, run.Diagnostics })
        {
            var state = observer.SaveState();
            foreach (var wrong in new[] { "", "null", "{}", "[1]", state[..^1], state.Replace("[", "[null,", StringComparison.Ordinal) })
            {
                observer.Invoking(o => o.RestoreState(wrong)).Should().Throw<InvalidDataException>("{0}", wrong);
                observer.SaveState().Should().Be(state);
            }
        }
    }

    [Theory]
    [InlineData("units", "resets.0.units was \"Default\" and is \"All\"")]
    [InlineData("bias", "resets.0.bias was \"Keep\" and is \"Zero\"")]
    [InlineData("weights", "resets.0.weights was \"KaimingNormal(AsPublished)\" and is \"Zeros\"")]
    [InlineData("head", "resets.0.head was \"ByName(head)\" and is \"Single(8)\"")]
    public void Another_option_of_a_policy_is_refused_by_name_unless_it_is_meant(string option, string difference)
    {
        using var net = Nets.Small();
        using var sgd = optim.SGD(net.parameters(), 0.1);
        using var store = new CheckpointStore(_folder.FullName);
        using (var saved = Zapped(_ => { }))
        {
            saved.Fit(_tasks[..1], batchSize: 1);
            store.Save(saved);
        }

        using var other = Zapped(zap =>
        {
            zap.Units = option == "units" ? UnitSelection.All : zap.Units;
            zap.Bias = option == "bias" ? BiasReset.Zero : zap.Bias;
            zap.Weights = option == "weights" ? Initializer.Zeros() : zap.Weights;
            zap.Head = option == "head" ? HeadSelector.Single(8) : zap.Head;
        });
        store.Invoking(s => s.Resume(other)).Should().Throw<CheckpointException>().Which.Message.Should().Contain(difference);
        store.Resume(other, new ResumeOptions { Accept = [$"resets.0.{option}"] })!.Steps.Should().Be(12);

        ContinualTrainer Zapped(Action<ZapOptions> change) => new ContinualTrainer(net, sgd).UseZapping(every: BoundaryKind.TaskBoundary, zap =>
        {
            zap.Head = Nets.Head;
            change(zap);
        });
    }

    [Fact]
    public void A_checkpoint_of_a_grown_head_says_so_and_how_to_give_the_model_as_many_units()
    {
        using var store = new CheckpointStore(_folder.FullName);
        using (var grown = Nets.Small())
        using (var adam = optim.Adam(grown.parameters(), 0.1))
        using (var trainer = new ContinualTrainer(grown, adam))
        {
            HeadGrowth.Grow(grown, Nets.Head, 11, [adam]);
            trainer.Fit(_tasks[..1], batchSize: 1);
            store.Save(trainer);
        }

        using var net = Nets.Small();
        using var fresh = optim.Adam(net.parameters(), 0.1);
        using var resumed = new ContinualTrainer(net, fresh);
        store.Invoking(s => s.Resume(resumed)).Should().Throw<CheckpointException>().WithMessage("*Its classifier has grown to 11 units: give the model as many, by HeadGrowth.Grow*");
        HeadGrowth.Grow(net, Nets.Head, 11, [fresh]);
        store.Resume(resumed)!.Steps.Should().Be(12);
    }

    private static LabeledBatch Query(TrainingTask task) => new(
        cat([.. task.Classes.Select(c => c.Inputs)]), cat([.. task.Classes.Select(c => full([c.Inputs.size(0)], c.ClassId, ScalarType.Int64))]));

    private sealed class Run : ITrainingObserver, IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Sequential _net = Nets.Small();
        private readonly optim.Optimizer _adam;
        private readonly int _after;

        public Run(LabeledBatch[] queries, int after = int.MaxValue)
        {
            _after = after;
            _adam = optim.Adam(_net.parameters(), 1e-2);
            Matrix = new TaskMatrixObserver(new TaskEvaluator(_net, queries));
            Diagnostics = new DiagnosticsObserver(null, new WeightProbe(_net, Nets.Head), new DiagnosticsOptions { Period = 5, AroundResets = true });
            Trainer = new ContinualTrainer(_net, _adam).UseZapping(every: BoundaryKind.TaskBoundary, zap => zap.Head = Nets.Head)
                .UseObserver(Matrix).UseObserver(Recovery).UseObserver(Diagnostics).UseObserver(this);
        }

        public ContinualTrainer Trainer { get; }

        public TaskMatrixObserver Matrix { get; }

        public RecoveryObserver Recovery { get; } = RecoveryObserver.OfResets();

        public DiagnosticsObserver Diagnostics { get; }

        public CancellationToken Stop => _stop.Token;

        public void OnStep(TrainingStep step)
        {
            if (step.Index + 1 == _after)
            {
                _stop.Cancel();
            }
        }

        public void Dispose()
        {
            Trainer.Dispose();
            _adam.Dispose();
            _net.Dispose();
            _stop.Dispose();
        }
    }
}
