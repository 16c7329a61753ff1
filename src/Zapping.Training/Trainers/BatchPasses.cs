using TorchSharp;
using Zapping.Training.Data;
using Zapping.Training.Steps;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>Forward and backward passes over a batch, whole or in parts, which leave its gradient in the parameters.</summary>
/// <param name="forward">Makes the forward pass of a batch or of a part of it.</param>
/// <param name="ensureSum">Given a batch, its outputs and the sum of its parts' losses: throws if the loss of the whole is another number.</param>
internal sealed class BatchPasses<TBatch>(Func<TBatch, StepResult> forward, Action<TBatch, Tensor?, Tensor> ensureSum)
{
    /// <summary>How many examples a part has; null for whole batches.</summary>
    public int? PartSize { get; set; }

    /// <summary>Whether one example comes alone if batches of some sizes are taken in parts.</summary>
    public bool LeavesOneAlone(IEnumerable<long> sizes) =>
        sizes.Any(size => size == 1 || (PartSize is { } part && size > part && (part == 1 || size % part == 1)));

    public StepResult Differentiate(TBatch batch)
    {
        if (PartSize is not { } size)
        {
            return Differentiate(() => forward(batch));
        }

        if (batch is not IBatch<TBatch> whole)
        {
            throw new InvalidOperationException($"A batch of type {typeof(TBatch).Name} cannot be taken in parts, as it is no IBatch<{typeof(TBatch).Name}>.");
        }

        var count = whole.Count;
        return count <= size ? Differentiate(() => forward(batch)) : InParts(batch, whole, count, size);
    }

    /// <summary>Makes a forward pass of one's own and its backward pass.</summary>
    public static StepResult Differentiate(Func<StepResult> forward)
    {
        var (loss, outputs, labels) = ForwardPass.Of(forward);
        BackwardPass.Of(loss);
        return new(loss.detach(), outputs?.detach(), labels);
    }

    private StepResult InParts(TBatch batch, IBatch<TBatch> whole, long count, int size)
    {
        var results = new List<StepResult>();
        for (long start = 0; start < count; start += size)
        {
            using var part = NewDisposeScope();
            var length = Math.Min(size, count - start);
            var (loss, outputs, labels) = ForwardPass.Of(() => forward(whole.Slice(start, length)));
            using Scalar weight = (double)length / count;
            var share = loss.mul(weight);
            BackwardPass.Of(share); // gradients add up
            results.Add(new(share.detach().MoveToOuterDisposeScope(), outputs?.detach().MoveToOuterDisposeScope(), labels?.alias().MoveToOuterDisposeScope()));
        }

        var sum = stack(results.Select(result => result.Loss)).sum();
        var together = Together(results.ConvertAll(result => result.Outputs));
        ensureSum(batch, together, sum);
        return new(sum, together, Together(results.ConvertAll(result => result.Labels)));
    }

    private static Tensor? Together(List<Tensor?> parts) => parts.Contains(null) ? null : cat([.. parts.OfType<Tensor>()]);
}
