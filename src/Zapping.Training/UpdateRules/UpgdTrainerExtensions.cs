namespace Zapping.Training.UpdateRules;

/// <summary>UPGD for every trainer.</summary>
public static class UpgdTrainerExtensions
{
    /// <summary>Protects useful weights and shakes the others (UPGD), starting from the options' defaults.</summary>
    /// <param name="trainer">The trainer, whose optimizer is SGD without momentum. Checkpoints hold what the rule remembers; it is disposed of with the trainer.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option is invalid, or the trainer has such a rule already.</exception>
    /// <exception cref="InvalidOperationException">No parameter is chosen.</exception>
    public static TTrainer UseUpgd<TTrainer>(this TTrainer trainer, Action<UpgdOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new UpgdOptions();
        configure?.Invoke(options);
        return trainer.UseUpgd(options);
    }

    /// <summary>Protects useful weights and shakes the others (UPGD), as the options say.</summary>
    /// <param name="trainer">The trainer, whose optimizer is SGD without momentum. Checkpoints hold what the rule remembers; it is disposed of with the trainer.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option is invalid, or the trainer has such a rule already.</exception>
    /// <exception cref="InvalidOperationException">No parameter is chosen.</exception>
    public static TTrainer UseUpgd<TTrainer>(this TTrainer trainer, UpgdOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        var rule = new UpgdRule(trainer.Model, options);
        trainer.RegisterForDispose(rule);
        return trainer.UseUpdateRule(rule);
    }
}
