using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Optimizers;
using Zapping.Training.Rehearsal;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Trainers;

/// <summary>Tasks, each with its own data and epochs, in one <c>Fit</c>.</summary>
[Collection(AloneCollection.Name)] // a resume sets the global generator
public sealed class ExperienceTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-experiences-");
    private readonly Experience[] _tasks;

    public ExperienceTests()
    {
        using var generator = new Generator(5);
        _tasks = [.. Enumerable.Range(0, 3).Select(task =>
        {
            var labels = tensor(Enumerable.Range(0, 9).Select(i => (2L * task) + (i % 2)).ToArray());
            return new Experience(new ShuffledBatches(randn([9, 6], generator: generator), labels, batchSize: 4, seed: (ulong)task), epochs: 2);
        })];
    }

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Boundaries_come_in_order_and_name_the_classes_of_the_labels()
    {
        using var run = new Run();
        var said = new List<string>();
        run.Trainer.UseObserver(new Boundaries(said)).OnEpochEnded(epoch => said.Add($"end of epoch {epoch}")).OnTaskEnded(task => said.Add($"end of task {task}"));

        run.Trainer.Fit(_tasks[..2]).Steps.Should().Be(12);

        said.Should().Equal(
            "TaskBoundary 0 (classes 0, 1)", "EpochBoundary 0", "end of epoch 0", "EpochBoundary 1", "end of epoch 1", "end of task 0",
            "TaskBoundary 1 (classes 2, 3)", "EpochBoundary 2", "end of epoch 2", "EpochBoundary 3", "end of epoch 3", "end of task 1");
        run.Trainer.State.Should().Be(new TrainerState(12, 4, 0, 2));
    }

    [Fact]
    public void They_train_as_tasks_and_epochs_said_by_hand()
    {
        using var run = new Run();
        using var byHand = new Run();

        run.Trainer.Fit(_tasks);
        foreach (var task in _tasks)
        {
            byHand.Trainer.BeginTask(task.Classes);
            byHand.Trainer.Fit(task.Train, task.Epochs);
        }

        TrainerBits.Of(run.Trainer).Should().BeEquivalentTo(TrainerBits.Of(byHand.Trainer));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(14)]
    public void A_killed_run_that_resumes_has_the_bits_of_one_that_was_not(int stop)
    {
        using var whole = new Run(grow: true, replay: true);
        whole.Trainer.Fit(_tasks);

        using (var first = new Run(grow: true, replay: true))
        using (var store = new CheckpointStore(_folder.FullName))
        {
            using var end = new CancellationTokenSource();
            first.Trainer.OnStep(step => End(step.Index + 1 == stop, end));
            first.Trainer.Invoking(trainer => trainer.Fit(_tasks, cancellationToken: end.Token)).Should().Throw<OperationCanceledException>();
            store.Save(first.Trainer);
        }

        using var second = new Run(grow: true, replay: true);
        using (var store = new CheckpointStore(_folder.FullName))
        {
            store.Resume(second.Trainer)!.Steps.Should().Be(stop);
        }

        second.Trainer.Fit(_tasks);
        TrainerBits.Of(second.Trainer).Should().BeEquivalentTo(TrainerBits.Of(whole.Trainer));
        Nets.HeadOf(second.Trainer.Model).weight!.shape.Should().Equal(6, 5);

        static void End(bool now, CancellationTokenSource end)
        {
            if (now)
            {
                end.Cancel();
            }
        }
    }

    [Fact]
    public void A_refused_resume_takes_the_units_away_again_that_it_gave_the_head()
    {
        using (var first = new Run(grow: true))
        using (var store = new CheckpointStore(_folder.FullName))
        {
            first.Trainer.Fit(_tasks);
            store.Save(first.Trainer);
        }

        using var other = new Run(grow: true, hidden: 4); // the body does not fit
        var before = TrainerBits.Of(other.Trainer);
        using var again = new CheckpointStore(_folder.FullName);

        again.Invoking(store => store.Resume(other.Trainer)).Should().Throw<CheckpointException>().WithMessage("*another model*body*");

        TrainerBits.Of(other.Trainer).Should().BeEquivalentTo(before);
        Nets.HeadOf(other.Trainer.Model).weight!.shape.Should().Equal(1, 4);
        Nets.HeadOf(other.Trainer.Model).out_features.Should().Be(1);
    }

    [Theory]
    [InlineData("another order", "*source*")]
    [InlineData("other data", "*hash*")]
    [InlineData("more epochs", "*epochs*")]
    public void Other_experiences_are_refused_after_an_interruption(string what, string message)
    {
        using var run = new Run();
        using var end = new CancellationTokenSource();
        run.Trainer.UseObserver(new CancelAfter(end, 2));
        run.Trainer.Invoking(trainer => trainer.Fit(_tasks, cancellationToken: end.Token)).Should().Throw<OperationCanceledException>();
        var before = TrainerBits.Of(run.Trainer);
        var others = what switch
        {
            "another order" => [_tasks[1], _tasks[0], _tasks[2]],
            "other data" => [new Experience(new ShuffledBatches(rand(9, 6), tensor(Enumerable.Range(0, 9).Select(i => (long)(i % 2)).ToArray()), 4), 2), .. _tasks[1..]],
            _ => _tasks.Select(task => task with { Epochs = 3 }).ToArray(),
        };

        run.Trainer.Invoking(trainer => trainer.Fit(others)).Should().Throw<InvalidOperationException>().WithMessage(message);
        TrainerBits.Of(run.Trainer).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void Until_an_epoch_counts_those_that_were_made_before()
    {
        var data = _tasks[0].Train;
        using var run = new Run();
        using var straight = new Run();

        run.Trainer.Fit(data, epochs: 2);
        run.Trainer.FitUntilEpoch(data, 5).Steps.Should().Be(9);
        run.Trainer.FitUntilEpoch(data, 5).Steps.Should().Be(0);
        straight.Trainer.FitUntilEpoch(data, 5);

        run.Trainer.State.FinishedEpochs.Should().Be(5);
        TrainerBits.Of(run.Trainer).Should().BeEquivalentTo(TrainerBits.Of(straight.Trainer));
    }

    [Fact]
    public void A_stop_ends_what_is_open_and_the_next_data_are_trained_on_whole()
    {
        using var run = new Run();
        run.Trainer.OnStep(step => Stop(run.Trainer, step.Index == 1));

        var summary = run.Trainer.Fit(_tasks[0].Train, epochs: 5);
        summary.IsStopped.Should().BeTrue();
        summary.Steps.Should().Be(2);
        run.Trainer.State.EpochSteps.Should().BeNull();

        run.Trainer.Fit(_tasks[1].Train, epochs: 1).Steps.Should().Be(3);

        static void Stop(Trainer trainer, bool now)
        {
            if (now)
            {
                trainer.RequestStop();
            }
        }
    }

    [Fact]
    public void A_stop_of_one_experience_goes_on_with_the_next()
    {
        using var run = new Run();
        var ended = new List<long>();
        run.Trainer.OnEpochEnded(_ => run.Trainer.RequestNextExperience()).OnTaskEnded(ended.Add);

        var summary = run.Trainer.Fit(_tasks);

        summary.Steps.Should().Be(9, "each has made one epoch of two");
        summary.IsStopped.Should().BeFalse();
        ended.Should().Equal(0, 1, 2);
    }

    [Fact]
    public void A_class_without_a_row_is_refused_before_the_boundary_unless_the_head_grows()
    {
        using var run = new Run(units: 4);

        run.Trainer.Invoking(trainer => trainer.Fit(_tasks[2..])).Should().Throw<ArgumentException>().WithMessage("*Class 5 has no unit*");
        run.Trainer.State.Tasks.Should().Be(0);

        using var growing = new Run(grow: true);
        growing.Trainer.Fit(_tasks);
        Nets.HeadOf(growing.Trainer.Model).weight!.shape[0].Should().Be(6);
    }

    private sealed class Run : IDisposable
    {
        private readonly FusedAdam _adam;
        private readonly ReservoirBuffer _buffer = new(5, seed: 3);

        public Run(bool grow = false, bool replay = false, int units = 8, int hidden = 5)
        {
            var net = TorchSharp.torch.nn.Sequential(("body", TorchSharp.torch.nn.Linear(6, hidden)), ("relu", TorchSharp.torch.nn.ReLU()), ("head", TorchSharp.torch.nn.Linear(hidden, grow ? 1 : units)));
            using var noGrad = no_grad();
            using var generator = new Generator(7);
            foreach (var parameter in net.parameters())
            {
                parameter.normal_(0, 0.3, generator);
            }

            _adam = new FusedAdam(net.parameters(), 1e-2);
            Trainer = new ContinualTrainer(net, _adam).UseZapping(every: TaskBoundary, zap => zap.Head = "head");
            if (grow)
            {
                Trainer.UseGrowingHead("head");
            }

            if (replay)
            {
                Trainer.UseReplay(_buffer, examples: 3).UseDistillation();
            }
        }

        public ContinualTrainer Trainer { get; }

        public void Dispose()
        {
            Trainer.Dispose();
            _adam.Dispose();
            _buffer.Dispose();
        }
    }

    private sealed class CancelAfter(CancellationTokenSource end, long step) : ITrainingObserver
    {
        public void OnStep(TrainingStep made)
        {
            if (made.Index == step)
            {
                end.Cancel();
            }
        }
    }

    private sealed class Boundaries(List<string> said) : ITrainingObserver
    {
        public void OnBoundaryStarted(TrainingBoundary boundary)
        {
            if (boundary.Kind != StepBoundary)
            {
                said.Add(boundary.ToString());
            }
        }
    }
}
