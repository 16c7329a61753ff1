using Zapping.Training.Validation;

namespace Zapping.Training.Rehearsal;

/// <summary>Replay and distillation, which keep what was learned before; resets do not.</summary>
public static class RehearsalTrainerExtensions
{
    /// <summary>
    /// Trains on examples of before together with each batch: they are drawn from the buffer and put behind the batch, in one forward pass, and after the step the batch is offered to the buffer. Checkpoints hold the
    /// buffer.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="buffer">The examples, such as a <see cref="ReservoirBuffer"/>; it stays the caller's to dispose of.</param>
    /// <param name="examples">How many are drawn for a step, at least 1; default: as many as the batch has.</param>
    /// <remarks>A loss or an observer sees the batch with them. Examples' numbers (<see cref="Data.LabeledBatch.Indices"/>) are lost. With a growing head, class ids of before keep their units.</remarks>
    public static ContinualTrainer UseReplay(this ContinualTrainer trainer, IReplayBuffer buffer, int? examples = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(buffer);
        if (examples is { } count)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(examples));
        }

        var replay = new Replay(buffer, examples);
        trainer.AfterFailedSteps(replay.Discard);
        return trainer.UseMemory(buffer).UseBatchTransform(batch => replay.Extend(batch, trainer.State.Steps)).UseUpdateRule(replay);
    }

    /// <summary>
    /// Keeps the model close to what it said at the last boundary, on the examples of now: learning without forgetting. The teacher is the model as it was, of the size that it had; checkpoints hold it. It costs a forward
    /// pass and a copy of the weights.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="options">Temperature, weight and at which boundaries; default: 2, 1 and each task.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of range.</exception>
    public static ContinualTrainer UseDistillation(this ContinualTrainer trainer, DistillationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        var distillation = new Distillation(trainer.Model, OptionsValidator.Validate(options ?? new DistillationOptions()));
        trainer.BeforeBoundaries(distillation.Learn);
        trainer.RegisterForDispose(distillation);
        return trainer.UseLoss(distillation);
    }
}
