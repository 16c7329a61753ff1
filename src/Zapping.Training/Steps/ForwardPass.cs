using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>The forward pass of a model of inputs and outputs, its loss, and what is added to it.</summary>
/// <param name="model">Maps inputs [n, …] to outputs.</param>
/// <param name="loss">Maps (outputs, labels) to a scalar.</param>
internal sealed class ForwardPass(nn.Module<Tensor, Tensor> model, Func<Tensor, Tensor, Tensor> loss)
{
    /// <summary>Maps (outputs, labels) to a scalar.</summary>
    public Func<Tensor, Tensor, Tensor> Loss => loss;

    // Only what the caller needs outlives the inner scope. Everything else is then autograd's alone, which frees each
    // activation as soon as the backward pass has used it, and the next gradient takes its warm memory.
    public (Tensor Outputs, Tensor Loss) Forward(Tensor inputs, Tensor labels)
    {
        using var activations = NewDisposeScope();
        var outputs = model.call(inputs);
        var scalar = loss(outputs, labels);
        Keep(activations, outputs, scalar);
        return (outputs, EnsureScalar(scalar));
    }

    /// <summary>Has tensors outlive a scope, if they are in it.</summary>
    public static void Keep(DisposeScope scope, params ReadOnlySpan<Tensor?> results)
    {
        foreach (var result in results)
        {
            if (result is not null && scope.Contains(result))
            {
                scope.MoveToOuter(result);
            }
        }
    }

    /// <exception cref="InvalidOperationException">It is none.</exception>
    public static Tensor EnsureScalar(Tensor loss) => loss.numel() == 1
        ? loss
        : throw new InvalidOperationException($"The loss must be a scalar, but has shape [{string.Join(", ", loss.shape)}].");
}
