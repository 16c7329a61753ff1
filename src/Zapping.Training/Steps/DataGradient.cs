using TorchSharp.Modules;
using Zapping.Training.Data;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Randomness;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>
/// Gradients of a loss over data, for policies that ask the data what to keep. Parameters, their own gradients, buffers such as running statistics, the CPU's global generator and what other policies gather
/// of activations stay as they are; the model is in the mode in which it is.
/// </summary>
public static class DataGradient
{
    /// <summary>The gradient of each batch, one after the other.</summary>
    /// <param name="model">Maps inputs [n, …] to outputs.</param>
    /// <param name="loss">Maps (outputs, labels) to a scalar.</param>
    /// <param name="batches">On the model's device.</param>
    /// <param name="parameters">Each requires a gradient.</param>
    /// <param name="look">
    /// Called for each batch with the gradients of the parameters, in their order; null for one on which the loss does not depend. They are valid during the call, which is made without gradients.
    /// </param>
    /// <returns>How many batches there were.</returns>
    /// <exception cref="InvalidOperationException">The loss is no scalar, or libtorch cannot make the backward pass.</exception>
    public static int ForEach(
        nn.Module<Tensor, Tensor> model,
        Func<Tensor, Tensor, Tensor> loss,
        IEnumerable<LabeledBatch> batches,
        IReadOnlyList<Parameter> parameters,
        Action<IReadOnlyList<Tensor?>> look)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(look);
        using var unwatched = ActivationProbe.Pause();
        using var noise = new RandomStateScope();
        using var buffers = new BufferScope(model);
        var pass = new ForwardPass(model, loss);
        var count = 0;
        foreach (var batch in batches)
        {
            using var scope = NewDisposeScope();
            IReadOnlyList<Tensor?> gradients;
            using (enable_grad())
            {
                var (_, value) = pass.Forward(batch.Inputs, batch.Labels);
                gradients = Gradients.Of(value, [.. parameters]);
            }

            using var noGrad = no_grad();
            look(gradients);
            count++;
        }

        return count;
    }
}
