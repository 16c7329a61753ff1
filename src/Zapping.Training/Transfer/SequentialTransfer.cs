using System.ComponentModel.DataAnnotations;
using Zapping.Training.Heads;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Transfer;

/// <summary>Options of <see cref="SequentialTransfer"/>.</summary>
public sealed record SequentialTransferOptions : FineTuningOptions
{
    /// <summary>Evaluations are made after the first class, after every so many, and after the last; at least 1, default 50.</summary>
    [Range(1, int.MaxValue)]
    public int EvaluationPeriod { get; set; } = 50;

    /// <summary>Examples of a step, at least 1; default 1, as published. The last step of a class takes what is left of it.</summary>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; set; } = 1;
}

/// <summary>
/// Continual transfer, as in arXiv 2310.07996: new classes come one after another, each support example once, one to a step,
/// and nothing is shown again. Evaluated on the classes seen so far.
/// </summary>
public static class SequentialTransfer
{
    /// <summary>Transfers a model, which is left with what it has learned; its mode and its requires_grad are what they were.</summary>
    /// <param name="model">
    /// Maps inputs [n, …] to logits [n, units]. If it has fewer units than the task has classes, its classifier grows
    /// (<see cref="HeadGrowth"/>).
    /// </param>
    /// <param name="task">The classes; stays the caller's.</param>
    /// <param name="options">How; default: see there.</param>
    /// <param name="progress">Told after each class and each evaluation.</param>
    /// <param name="cancellationToken">Ends the transfer between two classes or batches of an evaluation.</param>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    /// <exception cref="InvalidOperationException">
    /// The classifier cannot be told, or must grow and another layer uses its weight; or all that should be trained is
    /// frozen.
    /// </exception>
    /// <exception cref="NonFiniteStepException">The loss is NaN or infinite: the learning rate is too large.</exception>
    /// <exception cref="OperationCanceledException">It was canceled; the model has the last finished class.</exception>
    public static TransferResult Run(
        nn.Module<Tensor, Tensor> model,
        TransferTask task,
        SequentialTransferOptions? options = null,
        IProgress<TransferProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(task);
        options = OptionsValidator.Validate(options ?? new SequentialTransferOptions());
        using var session = new TransferSession(model, task, options, cancellationToken);
        session.Begin();
        using var learner = ClassLearner.For(session, options);
        var report = new TransferReport(task.Support.size(0), progress);
        for (var position = 0; position < task.ClassCount; position++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            learner.Learn(position);
            report.Advance(task.SupportExamples);
            var seen = position + 1;
            if (position == 0 || seen % options.EvaluationPeriod == 0 || seen == task.ClassCount)
            {
                report.Add(session.Evaluate(learner.Steps, seen, isLast: seen == task.ClassCount, cancellationToken));
            }
        }

        return report.Result;
    }
}
