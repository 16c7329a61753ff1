namespace Zapping.Training.Policies;

/// <summary>Hare and Tortoise for every trainer.</summary>
public static class HareAndTortoiseTrainerExtensions
{
    /// <summary>Has the model return every so often to its own running average, starting from the options' defaults.</summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it.</param>
    /// <param name="every">When; usually at each step: <see cref="BoundaryKind.StepBoundary"/>. The options say how many steps lie between two returns.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseHareAndTortoise<TTrainer>(this TTrainer trainer, ResetSchedule every, Action<HareAndTortoiseOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new HareAndTortoiseOptions();
        configure?.Invoke(options);
        return trainer.UseHareAndTortoise(every, options);
    }

    /// <summary>Has the model return every so often to its own running average, as the options say.</summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it.</param>
    /// <param name="every">When; usually at each step: <see cref="BoundaryKind.StepBoundary"/>. The options say how many steps lie between two returns.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseHareAndTortoise<TTrainer>(this TTrainer trainer, ResetSchedule every, HareAndTortoiseOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        var policy = new HareAndTortoisePolicy(trainer.Model, options);
        trainer.RegisterForDispose(policy);
        return trainer.UseReset(every, policy);
    }
}
