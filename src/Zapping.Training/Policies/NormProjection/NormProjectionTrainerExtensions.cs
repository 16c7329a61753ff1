namespace Zapping.Training.Policies;

/// <summary>Norm projection for every trainer.</summary>
public static class NormProjectionTrainerExtensions
{
    /// <summary>Scales weights to the norms that they have now, starting from the options' defaults.</summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it.</param>
    /// <param name="every">When; usually at each step: <see cref="BoundaryKind.StepBoundary"/>.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    /// <exception cref="InvalidOperationException">No parameter is chosen that the policy could take.</exception>
    public static TTrainer UseNormProjection<TTrainer>(this TTrainer trainer, ResetSchedule every, Action<NormProjectionOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new NormProjectionOptions();
        configure?.Invoke(options);
        return trainer.UseNormProjection(every, options);
    }

    /// <summary>Scales weights to the norms that they have now, as the options say.</summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it.</param>
    /// <param name="every">When; usually at each step: <see cref="BoundaryKind.StepBoundary"/>.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    /// <exception cref="InvalidOperationException">No parameter is chosen that the policy could take.</exception>
    public static TTrainer UseNormProjection<TTrainer>(this TTrainer trainer, ResetSchedule every, NormProjectionOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        var policy = new NormProjectionPolicy(trainer.Model, options);
        trainer.RegisterForDispose(policy);
        return trainer.UseReset(every, policy);
    }
}
