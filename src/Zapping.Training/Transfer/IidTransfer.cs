using System.ComponentModel.DataAnnotations;
using Zapping.Training.Data;
using Zapping.Training.Heads;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Transfer;

/// <summary>Options of <see cref="IidTransfer"/>.</summary>
public sealed record IidTransferOptions : FineTuningOptions
{
    /// <summary>Examples of a step, at least 1; default 256.</summary>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; set; } = 256;

    /// <summary>Passes over the support examples, at least 1; default 5, as in the published figures.</summary>
    [Range(1, int.MaxValue)]
    public int Epochs { get; set; } = 5;

    /// <summary>
    /// Evaluations are made after these steps, counted from 1, and after the last. Default: after the last alone. The curves of arXiv 2310.07996 have 1, 5, 10, 15, 35, 70, 105,
    /// 140 and 180.
    /// </summary>
    [Required]
    public IReadOnlyCollection<int> EvaluationSteps { get; set; } = [];

    /// <summary>
    /// Examples that go through the model at a time, which bounds memory; at least 1, <see langword="null"/> (default) for
    /// whole batches. Gradients are the same but for rounding, if no example's output depends on the others of its batch.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int? MicroBatchSize { get; set; }
}

/// <summary>
/// Standard transfer, as in arXiv 2310.07996: fine-tuning on shuffled batches of all support examples, which shows how fast
/// and how well a network adapts.
/// </summary>
public static class IidTransfer
{
    /// <summary>Transfers a model, which is left with what it has learned; its mode and its requires_grad are what they were.</summary>
    /// <param name="model">
    /// Maps inputs [n, …] to logits [n, units]. If it has fewer units than the task has classes, its classifier grows
    /// (<see cref="HeadGrowth"/>).
    /// </param>
    /// <param name="task">The classes; stays the caller's. All of them are evaluated each time.</param>
    /// <param name="options">How; default: see there.</param>
    /// <param name="progress">Told after each step and each evaluation.</param>
    /// <param name="cancellationToken">Ends the transfer between two steps or batches of an evaluation.</param>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    /// <exception cref="InvalidOperationException">
    /// The classifier cannot be told, or must grow and another layer uses its weight; or all that should be trained is
    /// frozen.
    /// </exception>
    /// <exception cref="NonFiniteStepException">The loss is NaN or infinite: the learning rate is too large.</exception>
    /// <exception cref="OperationCanceledException">It was canceled; the model has the last finished step.</exception>
    public static TransferResult Run(
        nn.Module<Tensor, Tensor> model,
        TransferTask task,
        IidTransferOptions? options = null,
        IProgress<TransferProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(task);
        options = OptionsValidator.Validate(options ?? new IidTransferOptions());
        using var session = new TransferSession(model, task, options, cancellationToken);
        session.Begin();
        using var optimizer = session.CreateOptimizer(options);
        using var trainer = new ContinualTrainer(session.Model, optimizer, session.Loss);
        if (options.MicroBatchSize is { } size)
        {
            trainer.UseGradientAccumulation(size);
        }

        var report = new TransferReport(task.Support.size(0) * options.Epochs, progress);
        var batches = new ShuffledBatches(session.Support, session.SupportLabels, options.BatchSize, options.Seed);
        var lastStep = batches.BatchesPerEpoch!.Value * options.Epochs;
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            trainer.BeginEpoch();
            foreach (var batch in batches.Epoch(epoch))
            {
                using var inputs = batch.Inputs;
                using var labels = batch.Labels;
                using var numbers = batch.Indices;
                cancellationToken.ThrowIfCancellationRequested();
                trainer.TrainStep(inputs, labels);
                report.Advance(inputs.size(0));
                var step = trainer.State.Steps;
                if (step == lastStep || options.EvaluationSteps.Contains((int)step))
                {
                    report.Add(session.Evaluate(step, task.ClassCount, isLast: step == lastStep, cancellationToken));
                }
            }
        }

        return report.Result;
    }
}
