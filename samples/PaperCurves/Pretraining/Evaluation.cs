using static TorchSharp.torch;

namespace PaperCurves.Pretraining;

/// <summary>Accuracy in large batches, without gradients.</summary>
public static class Evaluation
{
    private const int BatchSize = 250;
    private const int Top = 5;

    /// <summary>
    /// The fraction of inputs whose label has the largest output, and one of the five largest, in eval mode.
    /// </summary>
    /// <param name="model">Maps inputs [n, …] to logits [n, units]; its mode is what it was afterwards.</param>
    /// <param name="inputs">[n, …], n at least 1.</param>
    /// <param name="labels">[n].</param>
    /// <param name="cancellationToken">Ends evaluation between two batches.</param>
    public static (double Top1, double Top5) Top1And5(
        nn.Module<Tensor, Tensor> model, Tensor inputs, Tensor labels, CancellationToken cancellationToken)
    {
        var mode = model.training;
        model.eval();
        try
        {
            return InEvalMode(model, inputs, labels, cancellationToken);
        }
        finally
        {
            model.train(mode);
        }
    }

    private static (double Top1, double Top5) InEvalMode(
        nn.Module<Tensor, Tensor> model, Tensor inputs, Tensor labels, CancellationToken cancellationToken)
    {
        using var noGrad = no_grad();
        var count = inputs.shape[0];
        var correct = (Best: 0L, Top: 0L);
        for (long start = 0; start < count; start += BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var length = Math.Min(BatchSize, count - start);
            var outputs = model.call(inputs.narrow(0, start, length));
            var hits = outputs.topk((int)Math.Min(Top, outputs.shape[1]), 1).indexes.eq(labels.narrow(0, start, length).unsqueeze(1));
            correct.Best += hits.narrow(1, 0, 1).sum().item<long>();
            correct.Top += hits.sum().item<long>();
        }

        return ((double)correct.Best / count, (double)correct.Top / count);
    }
}
