using TorchSharp.Modules;
using Zapping.Training.Heads;
using Zapping.Training.Torch;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Transfer;

/// <summary>
/// Transfer without a gradient step, as in arXiv 2310.07996: the classifier becomes the least-squares solution on the features
/// of the support examples.
/// </summary>
public static class LeastSquaresTransfer
{
    /// <summary>
    /// Transfers a model, whose classifier is left as the solution, whatever it was; <see cref="TransferOptions.HeadInitializer"/> does
    /// not matter. If it has fewer units than the task has classes, it grows (<see cref="HeadGrowth"/>).
    /// </summary>
    /// <param name="model">Maps inputs [n, …] to logits [n, units], which are those of a linear layer with bias.</param>
    /// <param name="task">The classes; stays the caller's.</param>
    /// <param name="options">How; default: see there.</param>
    /// <param name="cancellationToken">Ends the transfer between two batches of features or of the evaluation.</param>
    /// <exception cref="ArgumentException">
    /// An option is invalid, or features of the support examples are not finite, or neither Float32 nor Float64.
    /// </exception>
    /// <exception cref="InvalidOperationException">The classifier cannot be told, or must grow and another layer uses its weight.</exception>
    /// <exception cref="NotSupportedException">The classifier is no linear layer, has no bias, or something comes after it.</exception>
    /// <exception cref="OperationCanceledException">It was canceled; the classifier is as it was, or already the solution.</exception>
    /// <remarks>When it throws anything but <see cref="OperationCanceledException"/>, nothing has been written.</remarks>
    public static TransferResult Run(
        nn.Module<Tensor, Tensor> model,
        TransferTask task,
        TransferOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(task);
        options = OptionsValidator.Validate(options ?? new TransferOptions());
        var head = SolvableHead(model, task, options);
        using var session = new TransferSession(model, task, options, cancellationToken);
        var units = Math.Max((int)head.weight.size(0), task.ClassCount);
        using (var solution = LeastSquaresHead.Solve(session.Support, session.SupportLabels, units))
        {
            session.GrowHead();
            solution.ApplyTo(head);
        }

        return new TransferResult([session.Evaluate(0, task.ClassCount, isLast: true, cancellationToken)]);
    }

    private static Linear SolvableHead(nn.Module<Tensor, Tensor> model, TransferTask task, TransferOptions options)
    {
        var head = HeadLayer.Find(model, options.Head);
        if (head.bias is null)
        {
            throw new NotSupportedException(
                $"The classifier of {ModuleName.Of(model)} has no bias, and the least-squares solution without its own is no solution.");
        }

        using var inputs = new FeatureExtractor(model, head);
        if (!inputs.Suffice(task.Support))
        {
            throw new NotSupportedException(
                $"The output of {ModuleName.Of(model)} is not that of its classifier for each example, so the least-squares solution is not the model's.");
        }

        return head;
    }
}
