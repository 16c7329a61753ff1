namespace Zapping.Training.Policies;

/// <summary>Knowledge evolution for every trainer.</summary>
public static class MaskedResetTrainerExtensions
{
    /// <summary>Keeps a mask of weights, and draws all others anew (knowledge evolution), starting from the options' defaults.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; for example every 200 epochs: <c>new(EpochBoundary) { Period = 200, SkipFirst = true }</c>.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseMaskedReset<TTrainer>(this TTrainer trainer, ResetSchedule every, Action<MaskedResetOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new MaskedResetOptions();
        configure?.Invoke(options);
        return trainer.UseMaskedReset(every, options);
    }

    /// <summary>Keeps a mask of weights, and draws all others anew (knowledge evolution), as the options say.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; for example every 200 epochs: <c>new(EpochBoundary) { Period = 200, SkipFirst = true }</c>.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseMaskedReset<TTrainer>(this TTrainer trainer, ResetSchedule every, MaskedResetOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        return trainer.UseReset(every, new MaskedResetPolicy(options));
    }
}
