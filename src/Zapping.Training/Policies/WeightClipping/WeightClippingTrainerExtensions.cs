namespace Zapping.Training.Policies;

/// <summary>Weight clipping for every trainer.</summary>
public static class WeightClippingTrainerExtensions
{
    /// <summary>Keeps weights within a multiple of their initial range, starting from the options' defaults.</summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it.</param>
    /// <param name="every">When; usually at each step: <see cref="BoundaryKind.StepBoundary"/>.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    /// <exception cref="InvalidOperationException">No parameter is chosen that the policy could take.</exception>
    public static TTrainer UseWeightClipping<TTrainer>(this TTrainer trainer, ResetSchedule every, Action<WeightClippingOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new WeightClippingOptions();
        configure?.Invoke(options);
        return trainer.UseWeightClipping(every, options);
    }

    /// <summary>Keeps weights within a multiple of their initial range, as the options say.</summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it.</param>
    /// <param name="every">When; usually at each step: <see cref="BoundaryKind.StepBoundary"/>.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    /// <exception cref="InvalidOperationException">No parameter is chosen that the policy could take.</exception>
    public static TTrainer UseWeightClipping<TTrainer>(this TTrainer trainer, ResetSchedule every, WeightClippingOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        var policy = new WeightClippingPolicy(trainer.Model, options);
        trainer.RegisterForDispose(policy);
        return trainer.UseReset(every, policy);
    }
}
