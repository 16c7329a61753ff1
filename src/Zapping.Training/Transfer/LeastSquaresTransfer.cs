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
    /// <exception cref="NotSupportedException">The classifier is no linear layer, or something comes after it; nothing has been written.</exception>
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
        EnsureSolvable(model, task, options);
        using var session = new TransferSession(model, task, options, cancellationToken);
        var head = session.Layer!;
        using (var solution = LeastSquaresHead.Solve(session.Support, session.SupportLabels, (int)head.weight.size(0)))
        {
            solution.ApplyTo(head);
        }

        return new TransferResult([session.Evaluate(0, task.ClassCount, isLast: true, cancellationToken)]);
    }

    // Before anything is written.
    private static void EnsureSolvable(nn.Module<Tensor, Tensor> model, TransferTask task, LeastSquaresTransferOptions options)
    {
        var head = HeadLayer.Find(model, options.Head);
        using var inputs = new HeadInputs(model, head);
        if (!ReferenceEquals(model, head) && !inputs.Suffice(task.Support))
        {
            throw new NotSupportedException(
                $"The output of {model.GetName()} is not that of its classifier for each example, so the least-squares solution is not the model's.");
        }
    }
}
