using Zapping.Training.Resets;

namespace Zapping.Training;

/// <summary>Observers of one line. For more: <see cref="TrainerExtensions.UseObserver"/>. All are called on the training thread.</summary>
public static class ObserverTrainerExtensions
{
    /// <summary>Calls a function after each optimization step.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="action">Told of the step; its tensors are valid during the call only.</param>
    public static TTrainer OnStep<TTrainer>(this TTrainer trainer, Action<TrainingStep> action)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(action);
        return trainer.UseObserver(new Listener { Step = action });
    }

    /// <summary>Calls a function after each epoch.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="action">Told which epoch, counted from 0.</param>
    public static TTrainer OnEpochEnded<TTrainer>(this TTrainer trainer, Action<long> action)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(action);
        return trainer.UseObserver(new Listener { EpochEnded = action });
    }

    /// <summary>Calls a function after each task of a <c>Fit</c>.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="action">Told which task, counted from 0.</param>
    public static TTrainer OnTaskEnded<TTrainer>(this TTrainer trainer, Action<long> action)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(action);
        return trainer.UseObserver(new Listener { TaskEnded = action });
    }

    /// <summary>Calls a function at the end of each <c>Fit</c> that is neither canceled nor fails.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="action">Told what it did.</param>
    public static TTrainer OnFitEnded<TTrainer>(this TTrainer trainer, Action<TrainingSummary> action)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(action);
        return trainer.UseObserver(new Listener { FitEnded = action });
    }

    /// <summary>Calls a function after each reset.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="action">Told what it did.</param>
    public static TTrainer OnResetCompleted<TTrainer>(this TTrainer trainer, Action<ResetReport> action)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(action);
        return trainer.UseObserver(new Listener { ResetCompleted = action });
    }

    private sealed class Listener : ITrainingObserver
    {
        public Action<TrainingStep>? Step { get; init; }

        public Action<long>? EpochEnded { get; init; }

        public Action<long>? TaskEnded { get; init; }

        public Action<TrainingSummary>? FitEnded { get; init; }

        public Action<ResetReport>? ResetCompleted { get; init; }

        public void OnStep(TrainingStep step) => Step?.Invoke(step);

        public void OnEpochEnded(long epoch) => EpochEnded?.Invoke(epoch);

        public void OnTaskEnded(long task) => TaskEnded?.Invoke(task);

        public void OnFitEnded(TrainingSummary summary) => FitEnded?.Invoke(summary);

        public void OnResetCompleted(ResetReport report) => ResetCompleted?.Invoke(report);
    }
}
