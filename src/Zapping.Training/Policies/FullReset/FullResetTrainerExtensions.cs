namespace Zapping.Training.Policies;

/// <summary>Full resets for every trainer.</summary>
public static class FullResetTrainerExtensions
{
    /// <summary>Draws the whole model anew, and has the optimizers forget it, starting from the options' defaults.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; for example at each task but the first: <c>new(TaskBoundary) { SkipFirst = true }</c>.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseFullReset<TTrainer>(this TTrainer trainer, ResetSchedule every, Action<FullResetOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new FullResetOptions();
        configure?.Invoke(options);
        return trainer.UseFullReset(every, options);
    }

    /// <summary>Draws the whole model anew, and has the optimizers forget it, as the options say.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; for example at each task but the first: <c>new(TaskBoundary) { SkipFirst = true }</c>.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseFullReset<TTrainer>(this TTrainer trainer, ResetSchedule every, FullResetOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        return trainer.UseReset(every, new FullResetPolicy(options));
    }
}
