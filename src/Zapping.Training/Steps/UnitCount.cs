using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>How many classes the outputs of a model are for.</summary>
internal static class UnitCount
{
    /// <param name="model">It is looked at in eval mode, and left as it was.</param>
    /// <param name="examples">[n, …], n at least 1.</param>
    /// <returns>The second dimension of the outputs; the largest number if they are not [n, units].</returns>
    public static long Of(nn.Module<Tensor, Tensor> model, Tensor examples)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var buffers = new BufferGuard(model);
        using var mode = new EvalMode(model);
        var outputs = model.call(examples);
        return outputs.dim() == 2 && outputs.size(0) == examples.size(0) ? outputs.size(1) : long.MaxValue;
    }
}
