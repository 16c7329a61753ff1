using Zapping.Training.Checkpoints;

namespace Zapping.Training;

/// <summary>Checkpoints for every trainer.</summary>
public static class CheckpointTrainerExtensions
{
    /// <summary>
    /// Saves a checkpoint every so many steps of <c>Fit</c>. If that fails, as on a full disk, training goes on and
    /// <see cref="CheckpointStore.SaveFailed"/> tells.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="store">Where to.</param>
    /// <param name="everySteps">At least 1; an episode is a step.</param>
    /// <param name="score">How good the model is now, the higher the better; called before each save.</param>
    /// <param name="notes">Text of the caller's own, saved with each.</param>
    public static TTrainer UseCheckpoints<TTrainer>(
        this TTrainer trainer,
        CheckpointStore store,
        long everySteps,
        Func<double?>? score = null,
        IReadOnlyDictionary<string, string>? notes = null)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(everySteps);
        var plan = new CheckpointPlan(store, everySteps, score, notes);
        trainer.AfterSteps("checkpoints", () => plan.SaveIfDue(trainer));
        return trainer;
    }
}
