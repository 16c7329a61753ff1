using Zapping.Training.Native;
using static TorchSharp.torch;

namespace Zapping.Continual.Memory;

/// <summary>What a model says of examples, in eval mode and without gradients.</summary>
internal static class ModelOutputs
{
    private const long BatchSize = 250;

    /// <returns>[n, units], in the current dispose scope.</returns>
    public static Tensor Of(nn.Module<Tensor, Tensor> model, Tensor inputs)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var mode = new EvalModeScope(model);
        var parts = new List<Tensor>();
        for (long start = 0; start < inputs.size(0); start += BatchSize)
        {
            parts.Add(model.call(inputs.narrow(0, start, Math.Min(BatchSize, inputs.size(0) - start))));
        }

        return cat(parts).MoveToOuterDisposeScope();
    }
}
