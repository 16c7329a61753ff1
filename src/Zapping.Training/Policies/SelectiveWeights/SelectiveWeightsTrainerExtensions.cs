namespace Zapping.Training.Policies;

/// <summary>Selective weight reinitialization for every trainer.</summary>
public static class SelectiveWeightsTrainerExtensions
{
    /// <summary>Draws the least useful single weights anew, starting from the options' defaults.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; for example every 2048 steps: <c>new(StepBoundary) { Period = 2048, SkipFirst = true }</c>.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseSelectiveWeights<TTrainer>(this TTrainer trainer, ResetSchedule every, Action<SelectiveWeightOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new SelectiveWeightOptions();
        configure?.Invoke(options);
        return trainer.UseSelectiveWeights(every, options);
    }

    /// <summary>Draws the least useful single weights anew, as the options say.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; for example every 2048 steps: <c>new(StepBoundary) { Period = 2048, SkipFirst = true }</c>.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseSelectiveWeights<TTrainer>(this TTrainer trainer, ResetSchedule every, SelectiveWeightOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        return trainer.UseReset(every, new SelectiveWeightPolicy(options));
    }
}
