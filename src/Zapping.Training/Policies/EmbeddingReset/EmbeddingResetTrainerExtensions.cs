namespace Zapping.Training.Policies;

/// <summary>Active forgetting of embeddings for every trainer.</summary>
public static class EmbeddingResetTrainerExtensions
{
    /// <summary>Draws embeddings anew (active forgetting), starting from the options' defaults.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; as published every 1000 steps: <c>new(StepBoundary) { Period = 1000, SkipFirst = true }</c>. Let it end some time before training does: <see cref="ResetSchedule.Until"/>.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the model has no embedding that is chosen.</exception>
    public static TTrainer UseEmbeddingReset<TTrainer>(this TTrainer trainer, ResetSchedule every, Action<EmbeddingResetOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new EmbeddingResetOptions();
        configure?.Invoke(options);
        return trainer.UseEmbeddingReset(every, options);
    }

    /// <summary>Draws embeddings anew (active forgetting), as the options say.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; as published every 1000 steps: <c>new(StepBoundary) { Period = 1000, SkipFirst = true }</c>. Let it end some time before training does: <see cref="ResetSchedule.Until"/>.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the model has no embedding that is chosen.</exception>
    public static TTrainer UseEmbeddingReset<TTrainer>(this TTrainer trainer, ResetSchedule every, EmbeddingResetOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        return trainer.UseReset(every, new EmbeddingResetPolicy(trainer.Model, options));
    }
}
