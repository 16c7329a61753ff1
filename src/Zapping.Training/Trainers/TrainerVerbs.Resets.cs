using Zapping.Training.Internal;

namespace Zapping.Training;

// Rows of the classifier, and any policy.
public static partial class TrainerVerbs
{
    /// <summary>Zaps the classifier at boundaries of one kind, as published.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">
    /// At class and task boundaries the rows of their classes are reset, at epoch and step boundaries all rows.
    /// An episode begins with a class boundary.
    /// </param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <param name="seed">Seed of the resets.</param>
    /// <exception cref="ArgumentException">An option is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseZapping<TTrainer>(
        this TTrainer trainer, BoundaryKind every, Action<ZapOptions>? configure = null, ulong seed = 0)
        where TTrainer : Trainer
    {
        var options = new ZapOptions();
        if (every is BoundaryKind.EpochBoundary or BoundaryKind.StepBoundary)
        {
            options.Units = UnitSelection.All;
        }

        configure?.Invoke(options);
        return trainer.UseZapping(options, new ResetSchedule(every) { Seed = seed });
    }

    /// <summary>Zaps the classifier as the options and the schedule say.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="options">What is reset, and to what.</param>
    /// <param name="schedule">When.</param>
    /// <exception cref="ArgumentException">An option is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseZapping<TTrainer>(this TTrainer trainer, ZapOptions options, ResetSchedule schedule)
        where TTrainer : Trainer => trainer.UseReset(new ZapPolicy(options), schedule);

    /// <summary>
    /// Zaps as settings from configuration say: <c>trainer.UseZapping(options.Value)</c> where <c>options</c> is an
    /// <c>IOptions&lt;ZappingSettings&gt;</c>.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="settings">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">A setting is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseZapping<TTrainer>(this TTrainer trainer, ZappingSettings settings)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(settings);
        if (ZappingSettingsValidator.Failures(settings, nameof(ZappingSettings)) is { Count: > 0 } failures)
        {
            throw new ArgumentException(string.Join(" ", failures), nameof(settings));
        }

        return trainer.UseZapping(settings.ToOptions(), settings.ToSchedule());
    }

    /// <summary>Runs a reset policy at the boundaries of a schedule; may be called several times.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="policy">What is reset.</param>
    /// <param name="schedule">When.</param>
    /// <exception cref="ArgumentException">The schedule is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseReset<TTrainer>(this TTrainer trainer, IResetPolicy policy, ResetSchedule schedule)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(schedule);
        trainer.Add(policy, schedule);
        return trainer;
    }
}
