namespace Zapping.Training.Policies;

/// <summary>FIRE for every trainer.</summary>
public static class FireTrainerExtensions
{
    /// <summary>Moves weight matrices to the nearest isometries (FIRE), starting from the options' defaults.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; for example at each task but the first: <c>new(TaskBoundary) { SkipFirst = true }</c>.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseFire<TTrainer>(this TTrainer trainer, ResetSchedule every, Action<FireOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new FireOptions();
        configure?.Invoke(options);
        return trainer.UseFire(every, options);
    }

    /// <summary>Moves weight matrices to the nearest isometries (FIRE), as the options say.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; for example at each task but the first: <c>new(TaskBoundary) { SkipFirst = true }</c>.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseFire<TTrainer>(this TTrainer trainer, ResetSchedule every, FireOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        return trainer.UseReset(every, new FirePolicy(options));
    }
}
