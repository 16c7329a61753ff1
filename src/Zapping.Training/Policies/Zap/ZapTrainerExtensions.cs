namespace Zapping.Training;

/// <summary>Zapping for every trainer.</summary>
public static class ZapTrainerExtensions
{
    /// <summary>Zaps the classifier, starting from <see cref="ZapOptions.Published"/>: <c>trainer.UseZapping(every: ClassBoundary)</c>.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">
    /// When: a <see cref="BoundaryKind"/>, or a schedule such as <c>new(EpochBoundary) { SkipFirst = true }</c>. Unless the options say otherwise, the rows of their
    /// classes are reset at class and task boundaries, and all rows at epoch and step boundaries. An episode begins with a class boundary.
    /// </param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">
    /// An option or the schedule is invalid, the trainer never comes to such a boundary, or the units cannot be told at it.
    /// </exception>
    public static TTrainer UseZapping<TTrainer>(this TTrainer trainer, ResetSchedule every, Action<ZapOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new ZapOptions();
        configure?.Invoke(options);
        return trainer.UseZapping(every, options);
    }

    /// <summary>Zaps the classifier as the options say: <c>trainer.UseZapping(every: EpochBoundary, ZapOptions.Recommended)</c>.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When, as for <see cref="UseZapping{TTrainer}(TTrainer, ResetSchedule, Action{ZapOptions})"/>.</param>
    /// <param name="options">What is reset, and to what; read now, later changes have no effect.</param>
    /// <inheritdoc cref="UseZapping{TTrainer}(TTrainer, ResetSchedule, Action{ZapOptions})" path="/exception"/>
    public static TTrainer UseZapping<TTrainer>(this TTrainer trainer, ResetSchedule every, ZapOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(options);
        return trainer.UseReset(every, new ZapPolicy(options));
    }
}
