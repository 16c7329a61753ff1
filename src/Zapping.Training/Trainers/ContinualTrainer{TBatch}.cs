using Zapping.Training.Data;
using Zapping.Training.Steps;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Trains a model of any signature on batches of any type, by a step of one's own, and signals the boundaries at which resets happen:
/// <code>
/// using var trainer = new ContinualTrainer&lt;Pair&gt;(model, optimizer, batch => cross_entropy(model.call(batch.Image, batch.Text).Item1, batch.Label));
/// trainer.UseZapping(every: EpochBoundary).Fit(source, epochs: 5);
/// </code>
/// Optimizers, resets, clipping, checkpoints and observers are those of every trainer. For models of inputs and outputs: <see cref="ContinualTrainer"/>.
/// </summary>
/// <typeparam name="TBatch">What a step reads. If it is an <see cref="IBatch{TSelf}"/>, it can be taken in parts and prefetched, and its examples are counted.</typeparam>
public sealed class ContinualTrainer<TBatch> : BatchTrainer<TBatch>
{
    private readonly Func<TBatch, StepResult> _step;

    /// <summary>Makes a trainer with one optimizer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">Made after the model was moved to its device.</param>
    /// <param name="step">Makes a forward pass: maps a batch to its loss, a scalar, and to what observers are told.</param>
    public ContinualTrainer(nn.Module model, optim.Optimizer optimizer, Func<TBatch, StepResult> step)
        : this(model, [optimizer], step)
    {
    }

    /// <summary>Makes a trainer with several optimizers, all stepped at each step.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optimizers">At least one.</param>
    /// <param name="step">Makes a forward pass: maps a batch to its loss, a scalar, and to what observers are told.</param>
    public ContinualTrainer(nn.Module model, IReadOnlyList<optim.Optimizer> optimizers, Func<TBatch, StepResult> step)
        : base(model, optimizers)
    {
        ArgumentNullException.ThrowIfNull(step);
        _step = step;
    }

    private protected override StepResult Forward(TBatch batch) => _step(batch);
}
