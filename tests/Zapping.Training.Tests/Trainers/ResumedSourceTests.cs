using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Optimizers;
using Zapping.Training.Resuming;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Trainers;

/// <summary>A run that is gone on with must be fed with what it was fed with.</summary>
public sealed class ResumedSourceTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-feeds-");
    private readonly CheckpointStore _store;
    private readonly TrainingTask[] _tasks;
    private readonly Tensor _inputs = rand(10, 6);
    private readonly Tensor _labels = arange(10).remainder(8);

    public ResumedSourceTests()
    {
        _store = new CheckpointStore(_folder.FullName);
        _tasks = [.. Enumerable.Range(0, 3).Select(t => new TrainingTask(new ClassExamples(2 * t, rand(5, 6)), new ClassExamples((2 * t) + 1, rand(5, 6))))];
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Delete(recursive: true);
        _scope.Dispose();
    }

    [Fact]
    public void The_whole_stream_is_given_again_and_gone_on_with_where_it_stopped()
    {
        using var whole = new Run();
        whole.Trainer.Fit(_tasks, batchSize: 1);
        Stop(17, run => run.Trainer.Fit(_tasks, batchSize: 1, cancellationToken: run.Stop));

        using var second = new Run();
        _store.Resume(second.Trainer)!.Steps.Should().Be(17);
        second.Trainer.Fit(_tasks, batchSize: 1).Steps.Should().Be(13);

        second.Log.Should().Equal("Task 2 (4,5)", "Class 4 (4)", "Class 5 (5)");
        Nets.Bits(second.Net).Should().BeEquivalentTo(Nets.Bits(whole.Net));
        second.Trainer.State.Should().Be(whole.Trainer.State);
    }

    [Theory]
    [InlineData("the rest", "its first 1 tasks have other classes")]
    [InlineData("another order", "its first 1 tasks have other classes")]
    [InlineData("other images of a finished task", "its first 1 tasks have other classes, examples or contents")]
    [InlineData("other images of the open task", "of other contents")]
    [InlineData("fewer examples", "its task 1 has classes and examples [2: 5, 3: 4], and the one that was begun [2: 5, 3: 5]")]
    [InlineData("nothing", "it has 0 tasks, of which 1 were finished")]
    [InlineData("the finished task alone", "it has 1 tasks, and the next one was begun")]
    [InlineData("another batch size", "source.batch_size was 1 and is 2")]
    [InlineData("shuffled data", "source.kind was \"stream\" and is \"epochs\"")]
    public void Another_stream_is_refused_by_name_and_nothing_is_changed(string what, string message)
    {
        Stop(17, run => run.Trainer.Fit(_tasks, batchSize: 1, cancellationToken: run.Stop));
        using var second = new Run();
        _store.Resume(second.Trainer);
        var (before, state) = (Nets.Bits(second.Net), second.Trainer.State);

        second.Trainer.Invoking(t => _ = what switch
        {
            "the rest" => t.Fit(_tasks[1..], batchSize: 1),
            "another order" => t.Fit([_tasks[1], _tasks[0], _tasks[2]], batchSize: 1),
            "other images of a finished task" => t.Fit([Changed(_tasks[0]), .. _tasks[1..]], batchSize: 1),
            "other images of the open task" => t.Fit([_tasks[0], Changed(_tasks[1]), _tasks[2]], batchSize: 1),
            "fewer examples" => t.Fit([_tasks[0], new TrainingTask(_tasks[1].Classes[0], new ClassExamples(3, _tasks[1].Classes[1].Inputs.narrow(0, 0, 4)))], batchSize: 1),
            "nothing" => t.Fit([], batchSize: 1),
            "the finished task alone" => t.Fit(_tasks[..1], batchSize: 1),
            "another batch size" => t.Fit(_tasks, batchSize: 2),
            _ => t.Fit(new ShuffledBatches(_inputs, _labels, 2), 1),
        }).Should().Throw<InvalidOperationException>().Which.Message.Should().Contain("nothing was changed: ").And.Contain(message);

        Nets.Bits(second.Net).Should().BeEquivalentTo(before);
        second.Trainer.State.Should().Be(state);
        second.Log.Should().BeEmpty();
        second.Trainer.Fit(_tasks, batchSize: 1).Steps.Should().Be(13, "the right stream still goes on");

        static TrainingTask Changed(TrainingTask task) => new(new ClassExamples(task.Classes[0].ClassId, task.Classes[0].Inputs + 1e-6), task.Classes[1]);
    }

    [Theory]
    [InlineData("source")]
    [InlineData("source.tasks", "source.batch_size")]
    public void Another_stream_that_is_meant_begins_at_its_beginning(params string[] accepted)
    {
        Stop(17, run => run.Trainer.Fit(_tasks, batchSize: 1, cancellationToken: run.Stop));
        using var second = new Run();
        _store.Resume(second.Trainer, new ResumeOptions { Accept = accepted });
        second.Trainer.Fit(_tasks[2..], batchSize: 5).Steps.Should().Be(2);
        second.Log.Should().Equal("Task 2 (4,5)", "Class 4 (4)", "Class 5 (5)");
    }

    [Fact]
    public void An_interruption_in_one_process_is_gone_on_with_alike_and_setting_the_state_gives_it_up()
    {
        using var run = new Run(17);
        run.Trainer.Invoking(t => t.Fit(_tasks, batchSize: 1, cancellationToken: run.Stop)).Should().Throw<OperationCanceledException>();
        run.Trainer.Invoking(t => t.Fit(_tasks[1..], batchSize: 1)).Should().Throw<InvalidOperationException>().WithMessage("The stream is not the one that was interrupted*");
        run.Trainer.State = run.Trainer.State with { TaskClasses = null, ClassSteps = null };
        run.Trainer.Fit(_tasks[1..], batchSize: 1).Steps.Should().Be(20);
        run.Trainer.Fit(_tasks, batchSize: 1).Steps.Should().Be(30, "what has ended may be followed by anything");
    }

    [Theory]
    [InlineData("batch size", "source.batch_size was 4 and is 5")]
    [InlineData("seed", "source.seed was 3 and is 4")]
    [InlineData("an image", "source.inputs.hash was \"")]
    [InlineData("a label", "source.labels.hash was \"")]
    [InlineData("fewer", "source.inputs.shape was [10, 6] and is [9, 6]")]
    [InlineData("a source of one's own", "source.type was \"ShuffledBatches\" and is \"Own\"")]
    public void Other_shuffled_data_are_refused_by_name(string what, string difference)
    {
        Stop(4, run => run.Trainer.Fit(Batches(), 3, cancellationToken: run.Stop));
        using var second = new Run();
        _store.Resume(second.Trainer);
        using var moved = _inputs.clone();
        moved[9, 5] = 2;
        using var relabeled = _labels.clone();
        relabeled[3] = 7;
        IBatchSource other = what switch
        {
            "batch size" => new ShuffledBatches(_inputs, _labels, 5, seed: 3),
            "seed" => new ShuffledBatches(_inputs, _labels, 4, seed: 4),
            "an image" => new ShuffledBatches(moved, _labels, 4, seed: 3),
            "a label" => new ShuffledBatches(_inputs, relabeled, 4, seed: 3),
            "fewer" => new ShuffledBatches(_inputs.narrow(0, 0, 9), _labels.narrow(0, 0, 9), 4, seed: 3),
            _ => new Own(Batches()),
        };
        var before = Nets.Bits(second.Net);
        second.Trainer.Invoking(t => t.Fit(other, 2)).Should().Throw<InvalidOperationException>().Which.Message.Should().Contain(difference).And.Contain("Accept = [\"source.");
        Nets.Bits(second.Net).Should().BeEquivalentTo(before);
        second.Trainer.Fit(Batches().Prefetch(CPU), 2).Steps.Should().Be(5, "a source around the same one is the same");
    }

    [Fact]
    public void A_difference_that_is_listed_is_meant()
    {
        Stop(4, run => run.Trainer.Fit(Batches(), 3, cancellationToken: run.Stop));
        using var second = new Run();
        _store.Resume(second.Trainer, new ResumeOptions { Accept = ["source.seed", "source.se", "observers.7"] });
        second.Trainer.Invoking(t => t.Fit(new ShuffledBatches(_inputs, _labels, 5, seed: 4), 2)).Should().Throw<InvalidOperationException>().WithMessage("*source.batch_size was 4 and is 5*");
        second.Trainer.Fit(new ShuffledBatches(_inputs, _labels, 4, seed: 4), 2).Steps.Should().Be(5);
    }

    [Fact]
    public void After_an_epoch_that_was_finished_the_data_are_compared_too_but_another_kind_of_run_may_follow()
    {
        using (var first = new Run())
        {
            first.Trainer.Fit(Batches(), 1);
            _store.Save(first.Trainer);
        }

        using var second = new Run();
        _store.Resume(second.Trainer);
        second.Trainer.Invoking(t => t.Fit(new ShuffledBatches(_inputs, _labels, 5, seed: 3), 1)).Should().Throw<InvalidOperationException>();
        second.Trainer.Fit(_tasks, batchSize: 1).Steps.Should().Be(30);
    }

    [Theory]
    [InlineData("seed", "source.seed was 2 and is 3")]
    [InlineData("inner images", "source.inner_images was 2 and is 3")]
    [InlineData("inputs", "source.inputs.hash was")]
    public void Other_episodes_are_refused_by_name(string what, string difference)
    {
        var options = new EpisodeOptions { InnerExamples = 2, RememberExamples = 3 };
        using (var net = Nets.Small())
        using (var sgd = optim.SGD(net.parameters(), 1e-2))
        using (var trainer = new AsbTrainer(net, sgd))
        {
            trainer.Fit(new EpisodeSampler(new LabeledBatch(_inputs, _labels), options, seed: 2), 2);
            _store.Save(trainer);
        }

        using var other = Nets.Small();
        using var optimizer = optim.SGD(other.parameters(), 1e-2);
        using var resumed = new AsbTrainer(other, optimizer);
        _store.Resume(resumed);
        using var moved = _inputs + 1;
        resumed.Invoking(t => t.Fit(
            new EpisodeSampler(
                new LabeledBatch(what == "inputs" ? moved : _inputs, _labels), what == "inner images" ? options with { InnerExamples = 3 } : options, seed: what == "seed" ? 3UL : 2UL),
            1)).Should().Throw<InvalidOperationException>().Which.Message.Should().Contain(difference);
        resumed.Fit(new EpisodeSampler(new LabeledBatch(_inputs, _labels), options, seed: 2), 1).Steps.Should().Be(1);
    }

    private ShuffledBatches Batches() => new(_inputs, _labels, 4, seed: 3);

    private void Stop(int after, Action<Run> fit)
    {
        using var first = new Run(after);
        first.Invoking(fit).Should().Throw<OperationCanceledException>();
        _store.Save(first.Trainer);
    }

    private sealed class Own(IBatchSource source) : IBatchSource
    {
        public long? BatchesPerEpoch => source.BatchesPerEpoch;

        public IEnumerable<LabeledBatch> Epoch(long epoch, long firstBatch = 0) => source.Epoch(epoch, firstBatch);
    }

    private sealed class Run : ITrainingObserver, IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly optim.Optimizer _adam;
        private readonly int _after;

        public Run(int after = int.MaxValue)
        {
            _after = after;
            _adam = new FusedAdam(Net.parameters(), 1e-2);
            Trainer = new ContinualTrainer(Net, _adam).UseZapping(every: ClassBoundary, zap => zap.Head = Nets.Head).UseObserver(this);
        }

        public Sequential Net { get; } = Nets.Small();

        public ContinualTrainer Trainer { get; }

        public CancellationToken Stop => _stop.Token;

        public List<string> Log { get; } = [];

        public void OnBoundaryStarted(TrainingBoundary boundary)
        {
            if (boundary.Kind is TaskBoundary or ClassBoundary)
            {
                Log.Add($"{boundary.Kind.ToString()[..^"Boundary".Length]} {boundary.Index} ({string.Join(',', boundary.Classes)})");
            }
        }

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
            Net.Dispose();
            _stop.Dispose();
        }
    }
}
