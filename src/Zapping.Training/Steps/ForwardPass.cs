using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>The forward pass of a model of inputs and outputs, its loss, and what is added to it.</summary>
/// <param name="model">Maps inputs [n, …] to outputs.</param>
/// <param name="loss">Maps (outputs, labels) to a scalar.</param>
internal sealed class ForwardPass(nn.Module<Tensor, Tensor> model, Func<Tensor, Tensor, Tensor> loss)
{
    /// <summary>Maps (outputs, labels) to a scalar.</summary>
    public Func<Tensor, Tensor, Tensor> Loss => loss;

    /// <exception cref="InvalidOperationException">The loss is no scalar.</exception>
    public (Tensor Outputs, Tensor Loss) Forward(Tensor inputs, Tensor labels)
    {
        var (scalar, outputs, _) = Of(() =>
        {
            var made = model.call(inputs);
            return new StepResult(loss(made, labels), made);
        });
        return (outputs!, scalar);
    }

    // Only what the caller needs outlives the inner scope. Everything else is then autograd's alone, which frees each
    // activation as soon as the backward pass has used it, and the next gradient takes its warm memory.

    /// <summary>Makes a forward pass of any kind.</summary>
    /// <exception cref="InvalidOperationException">The loss is no scalar.</exception>
    public static StepResult Of(Func<StepResult> forward)
    {
        using var activations = NewDisposeScope();
        var result = forward();
        foreach (var kept in new[] { result.Outputs, result.Loss, result.Labels })
        {
            if (kept is not null && activations.Contains(kept))
            {
                activations.MoveToOuter(kept);
            }
        }

        return result.Loss.numel() == 1
            ? result
            : throw new InvalidOperationException($"The loss must be a scalar, but has shape [{string.Join(", ", result.Loss.shape)}].");
    }
}
