using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>
/// Whether the losses of a batch's parts, each times its share of the examples, add up to the loss of the whole batch. Those of a mean over examples do; a sum does not, nor does
/// a mean that class weights or ignored labels divide by another number in each part.
/// </summary>
internal static class MicroBatchSum
{
    /// <param name="loss">The loss.</param>
    /// <param name="outputs">Of the whole batch, without a graph.</param>
    /// <param name="labels">Of the whole batch.</param>
    /// <param name="sum">What the parts add up to.</param>
    /// <exception cref="InvalidOperationException">It is another number.</exception>
    public static void Ensure(Func<Tensor, Tensor, Tensor> loss, Tensor outputs, Tensor labels, Tensor sum)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (whole, parts) = (Value(loss(outputs, labels)), Value(sum));
        var tolerance = sum.dtype is ScalarType.Float32 or ScalarType.Float64 ? 1e-4 : 2e-2;
        if (double.IsFinite(parts) && !(Math.Abs(whole - parts) <= tolerance * Math.Max(1, Math.Abs(whole)))) // of parts that are not, the step itself says so
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"Taken in parts, the batch has a loss of {parts:g6}, and {whole:g6} as a whole: the loss is no mean over the examples of its batch, as with class ")
                + "weights, ignored labels or a sum. Divide by a number that is the same for all parts, or take whole batches.");
        }
    }

    private static double Value(Tensor loss) => loss.detach().cpu().to(ScalarType.Float64).item<double>();
}
