using TorchSharp;
using Zapping.Training.Data;
using Zapping.Training.Telemetry;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <content>The high level: whole streams and epochs.</content>
public sealed partial class ContinualTrainer
{
    /// <summary>
    /// Trains on tasks and classes in the order in which they come, each example once:
    /// task boundary, class boundary, steps, next class. If an earlier call was interrupted inside a task, the stream's
    /// first task is taken for that one, and is gone on with.
    /// </summary>
    /// <param name="stream">Read lazily, one task at a time.</param>
    /// <param name="batchSize">Examples per step, at least 1; default 1, as in sequential transfer.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Ends training between two steps.</param>
    /// <exception cref="OperationCanceledException">Training was canceled; the model has the last finished step.</exception>
    /// <exception cref="NonFiniteStepException">The loss is NaN or infinite.</exception>
    public TrainingSummary Fit(
        IEnumerable<TrainingTask> stream,
        int batchSize = 1,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        using var turn = Acquire();
        EnsureTrainable();
        using var activity = TrainingTelemetry.Fit(GetType().Name);
        var run = new FitProgress(null, progress, cancellationToken);
        using var tasks = stream.GetEnumerator();
        var (feed, place, hasTask) = GoOn(tasks, batchSize, run);
        while (hasTask)
        {
            run.ThrowIfCancelled();
            FitTask(tasks.Current, batchSize, run, place);
            hasTask = tasks.MoveNext();
        }

        feed.Finish();
        return run.Summary;
    }

    /// <summary>
    /// Trains on shuffled data for some epochs: epoch boundary, steps, next epoch. If an earlier call was interrupted
    /// inside an epoch, that one is gone on with, and is the first of these.
    /// </summary>
    /// <param name="source">The data.</param>
    /// <param name="epochs">How many epochs, at least 0. They are counted on from <see cref="Trainer.State"/>.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Ends training between two steps.</param>
    /// <exception cref="OperationCanceledException">Training was canceled; the model has the last finished step.</exception>
    /// <exception cref="NonFiniteStepException">The loss is NaN or infinite.</exception>
    public TrainingSummary Fit(
        IBatchSource source,
        int epochs,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        using var turn = Acquire();
        EnsureTrainable();
        if (epochs > 0 && source is ISizedBatches sized)
        {
            EnsureNoneAlone(sized.Examples.Inputs, sized.Sizes);
            EnsureLabels(sized);
        }

        var description = FeedDescription.Of(FeedDescription.Epochs, source);
        Continue(description);
        var feed = Begin(description);
        using var activity = TrainingTelemetry.Fit(GetType().Name);
        var run = new FitProgress((source.BatchesPerEpoch * epochs) - (epochs > 0 ? State.EpochSteps ?? 0 : 0), progress, cancellationToken);
        for (var i = 0; i < epochs; i++)
        {
            run.ThrowIfCancelled();
            using var epoch = TrainingTelemetry.Epoch(State.FinishedEpochs);
            if (State.EpochSteps is null)
            {
                Begin(TrainingBoundary.Epoch(State.Epochs), State with { Epochs = State.Epochs + 1, EpochSteps = 0 });
            }

            FitEpoch(source.Epoch(State.FinishedEpochs, State.EpochSteps ?? 0), run);
            Count(State with { EpochSteps = null });
            AdvanceLearningRates(BoundaryKind.EpochBoundary);
        }

        feed.Finish();
        return run.Summary;
    }

    // Passes over what an interrupted Fit has finished of the same stream, and only then says that this one has begun.
    private (Feed Feed, StreamProgress Progress, bool HasTask) GoOn(IEnumerator<TrainingTask> tasks, int batchSize, FitProgress run)
    {
        var description = FeedDescription.OfStream(batchSize);
        var last = Continue(description);
        var progress = new StreamProgress();
        try
        {
            var hasTask = progress.Advance(tasks, last?.OpenPlace, run.ThrowIfCancelled);
            if (last is { OpenPlace: null, Description.Place: not null })
            {
                Count(State with { TaskClasses = null, ClassSteps = null });
            }

            return (Begin(description, progress), progress, hasTask);
        }
        catch
        {
            progress.Dispose();
            throw;
        }
    }

    private void FitTask(TrainingTask task, int batchSize, FitProgress run, StreamProgress progress)
    {
        using var activity = TrainingTelemetry.Task(State.FinishedTasks);
        EnsureSound(task, batchSize);
        progress.Begin(task);

        if (State.TaskClasses is null)
        {
            int[] classes = [.. task.Classes.Select(examples => examples.ClassId)];
            Begin(TrainingBoundary.Task(State.Tasks, classes), State with { Tasks = State.Tasks + 1, TaskClasses = 0 });
        }

        foreach (var examples in task.Classes.Skip(State.TaskClasses ?? 0))
        {
            FitClass(examples, batchSize, run);
            Count(State with { TaskClasses = State.TaskClasses + 1, ClassSteps = null });
        }

        Count(State with { TaskClasses = null });
        progress.Finish();
    }

    // All that is known to be wrong with a task is said before its boundary.
    private void EnsureSound(TrainingTask task, int batchSize)
    {
        if (task.Classes.Count == 0)
        {
            throw new ArgumentException($"Task {State.FinishedTasks} has no classes.", nameof(task));
        }

        foreach (var (classId, inputs) in task.Classes)
        {
            if (classId < 0 || inputs.dim() == 0 || inputs.shape[0] == 0)
            {
                throw new ArgumentException(
                    $"Task {State.FinishedTasks} has a class {classId} with examples [{string.Join(", ", inputs.shape)}]; class ids are 0 or more, and examples [n, …] with n at least 1. "
                    + "Leave out a class that has none.",
                    nameof(task));
            }

            EnsureNoneAlone(inputs, BatchSizes.Of(inputs.shape[0], batchSize));
            EnsureUnit(classId, inputs);
        }
    }

    private void FitClass(ClassExamples examples, int batchSize, FitProgress run)
    {
        run.ThrowIfCancelled();
        if (State.ClassSteps is null)
        {
            Begin(TrainingBoundary.Class(State.Classes, examples.ClassId), State with { Classes = State.Classes + 1, ClassSteps = 0 });
        }

        var count = examples.Inputs.shape[0];
        for (var start = (State.ClassSteps ?? 0) * batchSize; start < count; start += batchSize)
        {
            run.ThrowIfCancelled();
            using var scope = NewDisposeScope();
            var length = Math.Min(batchSize, count - start);
            var inputs = examples.Inputs.narrow(0, start, length);
            using Scalar label = (long)examples.ClassId;
            var labels = full([length], label, ScalarType.Int64, inputs.device);
            var loss = Step(inputs, labels, state => state with { ClassSteps = state.ClassSteps + 1 });
            run.Add(loss, length);
            FollowStep();
        }
    }

    private void FitEpoch(IEnumerable<LabeledBatch> batches, FitProgress run)
    {
        using var batch = batches.GetEnumerator();
        while (true)
        {
            run.ThrowIfCancelled();
            using var scope = NewDisposeScope(); // what the source makes for a batch goes with its step
            if (!batch.MoveNext())
            {
                return;
            }

            var (inputs, labels) = batch.Current;
            var loss = Step(inputs, labels, state => state with { EpochSteps = state.EpochSteps + 1 });
            run.Add(loss, inputs.shape[0]);
            FollowStep();
        }
    }
}
