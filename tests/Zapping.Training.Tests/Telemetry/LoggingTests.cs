using FluentAssertions;
using Microsoft.Extensions.Logging;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Telemetry;

/// <summary>What a trainer writes to a log.</summary>
public sealed class LoggingTests : WatchedTraining
{
    [Fact]
    public void Tasks_epochs_classes_and_resets_are_told_in_their_order()
    {
        var log = new RecordedLog(LogLevel.Debug);
        Trainer.UseZapping(every: ClassBoundary, options => (options.Head, options.Bias) = (Nets.Head, BiasReset.Zero)).UseLogging(log);

        Trainer.BeginTask(3, 1);
        Trainer.BeginClass(3);
        Trainer.BeginEpoch();

        log.Entries.Select(entry => (entry.Id, entry.Name, entry.Level)).Should().Equal(
            (1, "TaskBegins", LogLevel.Information), (3, "ClassBegins", LogLevel.Debug), (10, "WasReset", LogLevel.Debug), (2, "EpochBegins", LogLevel.Information));
        log.Entries.Select(entry => entry.Text).Should().SatisfyRespectively(
            text => text.Should().Be("Task 0 begins, with 2 classes"),
            text => text.Should().Be("Class 3 begins, number 0"),
            text => text.Should().MatchRegex(@"^ZapPolicy reset 1 rows of weights in [0-9]+\.[0-9] us at ClassBoundary 0 \(classes 3\), as reset 0$"),
            text => text.Should().Be("Epoch 0 begins"));
    }

    [Fact]
    public void Resets_that_are_added_later_are_told_too()
    {
        var log = new RecordedLog(LogLevel.Debug);
        Trainer.UseLogging(log).UseZapping(every: EpochBoundary, options => options.Head = Nets.Head);

        Trainer.BeginEpoch();

        log.Entries.Where(entry => entry.Id == 10).Should().ContainSingle().Which.Text.Should().StartWith("ZapPolicy reset 8 rows of weights in ");
    }

    [Fact]
    public void A_level_that_is_off_is_written_nothing()
    {
        var log = new RecordedLog(LogLevel.Warning);
        Trainer.UseZapping(every: EpochBoundary, options => options.Head = Nets.Head).UseLogging(log);

        Trainer.BeginEpoch();
        Trainer.BeginClass(1);

        log.Entries.Should().BeEmpty();
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_an_error_in_the_log_and_an_exception()
    {
        var log = new RecordedLog(LogLevel.Information);
        Trainer.UseLogging(log);
        using var inputs = full([2, 6], float.NaN);
        using var labels = zeros(2, ScalarType.Int64);

        Trainer.Invoking(trainer => trainer.TrainStep(inputs, labels)).Should().Throw<NonFiniteStepException>();
        Trainer.BeginEpoch();
        Trainer.Invoking(trainer => trainer.TrainStep(inputs, labels)).Should().Throw<NonFiniteStepException>();

        log.Entries.Where(entry => entry.Level == LogLevel.Error).Select(entry => (entry.Id, entry.Text)).Should().Equal(
            (30, "The loss is NaN at step 0, after no boundary; nothing was updated"),
            (30, "The loss is NaN at step 0, after EpochBoundary 0; nothing was updated"));
    }

    [Fact]
    public void Checkpoints_and_resumes_are_told()
    {
        var log = new RecordedLog(LogLevel.Information);
        Trainer.UseLogging(log);
        using var store = new CheckpointStore(Folder.FullName);

        var saved = store.Save(Trainer);
        store.Resume(Trainer);

        log.Entries.Select(entry => (entry.Id, entry.Text)).Should().Equal(
            (20, $"Checkpoint {saved.Name} saved after 0 steps"), (21, $"Resumed from checkpoint {saved.Name}, after 0 steps"));
    }

    [Fact]
    public void A_periodic_checkpoint_that_fails_is_a_warning_with_its_reason()
    {
        var log = new RecordedLog(LogLevel.Warning);
        using var store = new CheckpointStore(Folder.FullName);
        store.SaveFailed += _ => { };
        Trainer.UseLogging(log).UseCheckpoints(store, everySteps: 1, score: () => throw new IOException("the disk is full"));
        using var inputs = rand(2, 6);

        Trainer.Fit([new TrainingTask(new ClassExamples(1, inputs))], batchSize: 2);

        var entry = log.Entries.Should().ContainSingle().Which;
        (entry.Id, entry.Level, entry.Text).Should().Be((22, LogLevel.Warning, "A checkpoint could not be saved after 1 steps; training goes on"));
        entry.Failure.Should().BeOfType<IOException>().Which.Message.Should().Be("the disk is full");
    }
}
