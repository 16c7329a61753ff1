namespace Zapping.Training;

/// <summary>Shrink and perturb for every trainer.</summary>
public static class ShrinkAndPerturbTrainerExtensions
{
    /// <summary>Shrinks parameters and adds a little of a fresh initialization, starting from the options' defaults.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; a <see cref="BoundaryKind"/> alone means every boundary of that kind.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseShrinkAndPerturb<TTrainer>(this TTrainer trainer, ResetSchedule every, Action<ShrinkAndPerturbOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new ShrinkAndPerturbOptions();
        configure?.Invoke(options);
        return trainer.UseShrinkAndPerturb(every, options);
    }

    /// <summary>Shrinks parameters and adds a little of a fresh initialization, as the options say.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; a <see cref="BoundaryKind"/> alone means every boundary of that kind.</param>
    /// <param name="options">What is done to which parameters; read now, later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseShrinkAndPerturb<TTrainer>(this TTrainer trainer, ResetSchedule every, ShrinkAndPerturbOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(options);
        return trainer.UseReset(every, new ShrinkAndPerturbPolicy(options));
    }
}
