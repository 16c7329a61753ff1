using Zapping.Training;

namespace CustomPolicy;

/// <summary>Resets of the weakest rows for every trainer.</summary>
public static class WeakestRowsTrainerExtensions
{
    /// <summary>Draws the rows of a weight anew that have the smallest norm.</summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it.</param>
    /// <param name="every">When; a <see cref="BoundaryKind"/> alone means every boundary of that kind.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    public static TTrainer UseWeakestRowsReset<TTrainer>(this TTrainer trainer, ResetSchedule every, Action<WeakestRowsOptions>? configure = null)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        var options = new WeakestRowsOptions();
        configure?.Invoke(options);
        var policy = new WeakestRowsPolicy(trainer.Model, options);
        trainer.RegisterForDispose(policy);
        return trainer.UseReset(every, policy);
    }
}
