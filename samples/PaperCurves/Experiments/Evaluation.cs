using static TorchSharp.torch;

namespace PaperCurves.Experiments;

/// <summary>Accuracy in large batches, without gradients.</summary>
public static class Evaluation
{
    private const int BatchSize = 250;

    /// <summary>The fraction of inputs whose largest output is at their label; NaN if there are none.</summary>
    /// <param name="model">Maps inputs [n, …] to logits [n, units]; its mode is left as it is.</param>
    /// <param name="inputs">[n, …].</param>
    /// <param name="labels">[n].</param>
    /// <param name="cancellationToken">Ends evaluation between two batches.</param>
    public static double Accuracy(
        nn.Module<Tensor, Tensor> model, Tensor inputs, Tensor labels, CancellationToken cancellationToken)
    {
        using var noGrad = no_grad();
        var count = inputs.shape[0];
        long correct = 0;
        for (long start = 0; start < count; start += BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var length = Math.Min(BatchSize, count - start);
            var predicted = model.call(inputs.narrow(0, start, length)).argmax(1);
            correct += predicted.eq(labels.narrow(0, start, length)).sum().item<long>();
        }

        return (double)correct / count;
    }
}
