using Zapping.Training.Data;
using Zapping.Training.Telemetry;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <content>The high level: epochs, and experiences one after another.</content>
public abstract partial class BatchTrainer<TBatch>
{
    /// <summary>
    /// Trains for some epochs: epoch boundary, steps, next epoch. If an earlier call was interrupted
    /// inside an epoch, that one is gone on with, and is the first of these.
    /// </summary>
    /// <param name="source">The data.</param>
    /// <param name="epochs">How many epochs, at least 0. They are counted on from <see cref="Trainer.State"/>; to a total: <see cref="FitUntilEpoch"/>.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Ends training between two steps; a later call goes on there. To end it for good: <see cref="Trainer.RequestStop"/>.</param>
    /// <exception cref="OperationCanceledException">Training was canceled; the model has the last finished step.</exception>
    /// <exception cref="NonFiniteStepException">The loss is NaN or infinite.</exception>
    public TrainingSummary Fit(
        IBatchSource<TBatch> source, int epochs, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        using var turn = Acquire();
        return FitEpochs(source, epochs, progress, cancellationToken);
    }

    /// <summary>
    /// Trains until so many epochs have been finished in all, those before a resume included: the same call begins, and goes on, to the same end.
    /// </summary>
    /// <param name="source">The data.</param>
    /// <param name="epoch">How many epochs the trainer will have finished (<see cref="TrainerState.FinishedEpochs"/>); if it has as many, nothing happens.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Ends training between two steps.</param>
    /// <exception cref="OperationCanceledException">Training was canceled; the model has the last finished step.</exception>
    /// <exception cref="NonFiniteStepException">The loss is NaN or infinite.</exception>
    public TrainingSummary FitUntilEpoch(
        IBatchSource<TBatch> source, int epoch, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        using var turn = Acquire();
        return FitEpochs(source, (int)Math.Max(0, epoch - State.FinishedEpochs), progress, cancellationToken);
    }

    /// <summary>
    /// Trains on experiences in the order in which they come: task boundary, then for each of its epochs the epoch boundary and the steps. If an earlier call was interrupted, the experiences are given from
    /// their beginning: what has been finished is passed over, and the open one gone on with.
    /// </summary>
    /// <param name="experiences">Read lazily, one at a time.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Ends training between two steps; a later call goes on there. To end it for good: <see cref="Trainer.RequestStop"/>.</param>
    /// <exception cref="OperationCanceledException">Training was canceled; the model has the last finished step.</exception>
    /// <exception cref="NonFiniteStepException">The loss is NaN or infinite.</exception>
    /// <exception cref="InvalidOperationException">An earlier call was interrupted, and these are not its experiences; nothing was changed.</exception>
    public TrainingSummary Fit(
        IEnumerable<Experience<TBatch>> experiences, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(experiences);
        using var turn = Acquire();
        return FitExperiences(experiences, FeedDescription.OfExperiences(), progress, cancellationToken);
    }

    /// <summary>Says all that is known to be wrong with data, before anything is signaled.</summary>
    /// <param name="source">The data.</param>
    /// <param name="classes">Class ids of the boundary that comes before them.</param>
    private protected virtual void EnsureSound(IBatchSource<TBatch> source, IReadOnlyList<int> classes)
    {
    }

    /// <summary>Says all that is known to be wrong with an experience, before its boundary.</summary>
    private protected virtual void EnsureSound(Experience<TBatch> experience)
    {
        if (experience.Epochs < 0)
        {
            throw new ArgumentException($"Experience {State.FinishedTasks} has {experience.Epochs} epochs; it needs 0 or more.", nameof(experience));
        }

        EnsureSound(experience.Train, experience.Classes);
    }

    private TrainingSummary FitEpochs(IBatchSource<TBatch> source, int epochs, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        BeginFit();
        if (epochs > 0)
        {
            EnsureSound(source, []);
        }

        var description = FeedDescription.Of(FeedDescription.Epochs, source);
        Feeds.Continue(description, State);
        var feed = Feeds.Begin(description);
        using var activity = TrainingTelemetry.Fit(GetType().Name);
        var run = new FitProgress((source.BatchesPerEpoch * epochs) - (epochs > 0 ? State.EpochSteps ?? 0 : 0), progress, cancellationToken);
        for (var i = 0; i < epochs && Stop == StopRequest.None; i++)
        {
            FitEpoch(source, run, state => state);
        }

        return EndFit(feed, run);
    }

    /// <param name="experiences">From the beginning.</param>
    /// <param name="description">Of what is fed.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Ends training between two steps.</param>
    private protected TrainingSummary FitExperiences(
        IEnumerable<Experience<TBatch>> experiences, FeedDescription description, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        BeginFit();
        using var activity = TrainingTelemetry.Fit(GetType().Name);
        var run = new FitProgress(null, progress, cancellationToken);
        using var all = experiences.GetEnumerator();
        var (feed, place, isLeft) = GoOn(all, description, run);
        while (isLeft)
        {
            run.ThrowIfCancelled();
            FitExperience(all.Current, run, place);
            if (Stop == StopRequest.Experience)
            {
                Stop = StopRequest.None;
            }

            isLeft = Stop == StopRequest.None && all.MoveNext();
        }

        return EndFit(feed, run);
    }

    private void BeginFit()
    {
        EnsureTrainable();
        if (_isOwnEpoch)
        {
            CloseEpoch();
        }

        Stop = StopRequest.None; // one that came too late for the last
    }

    // Passes over what an interrupted Fit has finished of the same experiences, and only then says that this one has begun.
    private (Feed Feed, StreamProgress Progress, bool IsLeft) GoOn(IEnumerator<Experience<TBatch>> experiences, FeedDescription description, FitProgress run)
    {
        var last = Feeds.Continue(description, State);
        var progress = new StreamProgress();
        try
        {
            var isLeft = progress.Advance(experiences, last?.OpenPlace, run.ThrowIfCancelled);
            if (last is { OpenPlace: null, Description.Place: not null })
            {
                Count(State with { TaskClasses = null, ClassSteps = null, TaskEpochs = null, EpochSteps = null });
            }

            return (Feeds.Begin(description, progress), progress, isLeft);
        }
        catch
        {
            progress.Dispose();
            throw;
        }
    }

    private void FitExperience(Experience<TBatch> experience, FitProgress run, StreamProgress progress)
    {
        using var activity = TrainingTelemetry.Task(State.FinishedTasks);
        EnsureSound(experience);
        progress.Begin(experience);
        var isOfClasses = experience is ClassByClass;
        if (!State.IsTaskOpen)
        {
            Begin(
                TrainingBoundary.Task(State.Tasks, experience.Classes),
                State with { Tasks = State.Tasks + 1, TaskClasses = isOfClasses ? 0 : null, TaskEpochs = isOfClasses ? null : 0 });
        }

        foreach (var (classId, train) in experience.Parts.Skip(isOfClasses ? State.TaskClasses ?? 0 : checked((int)(State.TaskEpochs ?? 0))))
        {
            if (classId is { } id)
            {
                FitClass(id, train, run);
            }
            else
            {
                FitEpoch(train, run, state => state with { TaskEpochs = state.TaskEpochs + 1 });
            }

            if (Stop != StopRequest.None)
            {
                break;
            }
        }

        var task = State.Tasks - 1;
        Count(State with { TaskClasses = null, TaskEpochs = null });
        progress.Finish();
        Tell(observer => observer.OnTaskEnded(task));
    }

    private void FitClass(int classId, IBatchSource<TBatch> train, FitProgress run)
    {
        run.ThrowIfCancelled();
        if (State.ClassSteps is null)
        {
            Begin(TrainingBoundary.Class(State.Classes, classId), State with { Classes = State.Classes + 1, ClassSteps = 0 });
        }

        Train(train, 0, State.ClassSteps ?? 0, state => state with { ClassSteps = state.ClassSteps + 1 }, run);
        Count(State with { TaskClasses = State.TaskClasses + 1, ClassSteps = null });
    }

    /// <param name="source">The data.</param>
    /// <param name="run">What is done so far.</param>
    /// <param name="counted">What its end counts for besides itself.</param>
    private void FitEpoch(IBatchSource<TBatch> source, FitProgress run, Func<TrainerState, TrainerState> counted)
    {
        run.ThrowIfCancelled();
        using var epoch = TrainingTelemetry.Epoch(State.FinishedEpochs);
        if (State.EpochSteps is null)
        {
            Begin(TrainingBoundary.Epoch(State.Epochs), State with { Epochs = State.Epochs + 1, EpochSteps = 0 });
        }

        if (Train(source, State.FinishedEpochs, State.EpochSteps ?? 0, state => state with { EpochSteps = state.EpochSteps + 1 }, run))
        {
            EndOfEpoch(counted);
        }
        else
        {
            Count(State with { EpochSteps = null });
        }
    }

    /// <param name="source">The data.</param>
    /// <param name="epoch">Which of its epochs.</param>
    /// <param name="firstBatch">Where to begin.</param>
    /// <param name="counted">What a step counts for besides itself.</param>
    /// <param name="run">What is done so far.</param>
    /// <returns>Whether it was trained on to its end.</returns>
    private bool Train(IBatchSource<TBatch> source, long epoch, long firstBatch, Func<TrainerState, TrainerState> counted, FitProgress run)
    {
        using var batches = new BatchReader<TBatch>(source, epoch, firstBatch);
        while (true)
        {
            run.ThrowIfCancelled();
            using var scope = NewDisposeScope(); // what is made for a batch goes with its step
            if (!batches.TryRead(out var batch))
            {
                return true;
            }

            run.Add(Step(batch, counted), CountOf(batch));
            FollowStep();
            if (Stop != StopRequest.None)
            {
                return false;
            }
        }
    }
}
