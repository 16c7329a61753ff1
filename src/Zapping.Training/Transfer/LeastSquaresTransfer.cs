using Zapping.Training.Internal;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>Options of <see cref="LeastSquaresTransfer"/>.</summary>
public sealed class LeastSquaresTransferOptions : TransferOptions;

/// <summary>
/// Transfer without a gradient step, as in arXiv 2310.07996: the classifier becomes the least-squares solution on the features
/// of the support examples.
/// </summary>
public static class LeastSquaresTransfer
{
    /// <summary>Transfers a model, whose classifier is left as the solution.</summary>
    /// <inheritdoc cref="SequentialTransfer.Run"/>
    public static TransferResult Run(
        nn.Module<Tensor, Tensor> model,
        TransferTask task,
        LeastSquaresTransferOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(task);
        options = OptionsRules.Ensure(options ?? new LeastSquaresTransferOptions());
        using var session = new TransferSession(model, task, options, cancellationToken);
        var head = session.Layer ?? throw new NotSupportedException("The classifier is no Linear layer of the model, so least squares cannot set it.");
        if (!ReferenceEquals(session.Model, head))
        {
            throw new NotSupportedException("Something comes after the classifier, so its least-squares solution is not the model's.");
        }

        using (var solution = LeastSquaresHead.Solve(session.Support, session.SupportLabels, (int)head.weight.size(0)))
        {
            solution.ApplyTo(head);
        }

        return new TransferResult([session.Evaluate(0, task.ClassCount, isLast: true, cancellationToken)]);
    }
}
