using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Trains any <see cref="nn.Module{T, TResult}">Module&lt;Tensor, Tensor&gt;</see> with any optimizer and loss, and
/// signals the boundaries at which resets happen. A thin layer over <see cref="ZapScheduler"/>:
/// <code>
/// using var trainer = new ContinualTrainer(model, optimizer).UseZapping(every: ClassBoundary);
/// trainer.Fit(stream);
/// </code>
/// </summary>
public sealed partial class ContinualTrainer : Trainer
{
    private TrainingBoundary? _lastBoundary;
    private int? _microBatch;
    private long _units;

    /// <summary>Makes a trainer with one optimizer.</summary>
    /// <param name="model">Maps inputs [n, …] to outputs, usually logits [n, classes].</param>
    /// <param name="optimizer">Made after the model was moved to its device.</param>
    /// <param name="loss">Maps (outputs, labels) to a scalar; default: mean softmax cross-entropy.</param>
    public ContinualTrainer(
        nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Func<Tensor, Tensor, Tensor>? loss = null)
        : this(model, [optimizer], loss)
    {
    }

    /// <summary>Makes a trainer with several optimizers, all stepped at each step.</summary>
    /// <param name="model">Maps inputs [n, …] to outputs, usually logits [n, classes].</param>
    /// <param name="optimizers">At least one.</param>
    /// <param name="loss">Maps (outputs, labels) to a scalar; null: mean softmax cross-entropy.</param>
    public ContinualTrainer(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<optim.Optimizer> optimizers,
        Func<Tensor, Tensor, Tensor>? loss)
        : base(model, optimizers, loss)
    {
        if (optimizers.Count > 1 && optimizers.Any(o => o is not OptimizerHelper))
        {
            throw new NotSupportedException("A native optimizer (LBFGS) evaluates the loss itself and cannot be combined with others.");
        }
    }

    internal override IReadOnlyDictionary<string, object?> Settings =>
        new Dictionary<string, object?>(base.Settings, StringComparer.Ordinal) { ["micro_batch_size"] = _microBatch };

    internal void SetMicroBatchSize(int size) => _microBatch = size;
}
