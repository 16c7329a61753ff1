using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>
/// Derivatives with respect to given parameters, or what was computed of them, without touching their <c>grad</c>. One
/// on which the scalar does not depend has null. TorchSharp's own <c>autograd.grad</c> lets what libtorch throws end the process, such as for a value that
/// was changed in place; TorchScript has the same function, whose exceptions come back.
/// </summary>
internal static class Gradients
{
    // An absent derivative comes as a tensor of truth values, which no derivative is (11 is that type).
    private static readonly AtenScript Script = new(
        """
        def grad(of: List[Tensor], weights: List[Tensor], by: List[Tensor], keep: bool) -> List[Tensor]:
            given : Optional[List[Optional[Tensor]]] = None
            if len(weights) > 0:
                some : List[Optional[Tensor]] = []
                for weight in weights:
                    some.append(weight)
                given = some
            found : List[Tensor] = []
            for derivative in torch.autograd.grad(of, by, given, keep, keep, True):
                if derivative is None:
                    found.append(torch.empty([0], dtype=11))
                else:
                    found.append(derivative)
            return found
        """);

    /// <param name="scalar">What is differentiated.</param>
    /// <param name="parameters">Each requires a gradient.</param>
    /// <param name="differentiable">Whether the result can be differentiated again.</param>
    /// <exception cref="InvalidOperationException">libtorch cannot make the backward pass.</exception>
    public static IReadOnlyList<Tensor?> Of(Tensor scalar, IReadOnlyList<Tensor> parameters, bool differentiable = false)
    {
        BackwardPass.EnsureGraph(scalar);
        return Of([scalar], [], parameters, differentiable);
    }

    /// <summary>The derivative of the inner product of <paramref name="tensors"/> and <paramref name="weights"/>.</summary>
    /// <exception cref="InvalidOperationException">libtorch cannot make the backward pass.</exception>
    public static IReadOnlyList<Tensor?> OfProduct(
        IReadOnlyList<Tensor?> tensors, IReadOnlyList<Tensor> weights, IReadOnlyList<Tensor> parameters)
    {
        var pairs = tensors.Zip(weights).Where(pair => pair.First is { requires_grad: true }).ToList();
        return Of([.. pairs.Select(pair => pair.First!)], [.. pairs.Select(pair => pair.Second)], parameters, differentiable: false);
    }

    private static Tensor?[] Of(Tensor[] tensors, Tensor[] weights, IReadOnlyList<Tensor> parameters, bool differentiable)
    {
        if (parameters.Count == 0 || tensors.Length == 0 || !tensors[0].requires_grad)
        {
            return new Tensor?[parameters.Count];
        }

        var derivatives = BackwardPass.Make(() => Script.Ask("grad", tensors, weights, parameters.ToArray(), differentiable));
        return Array.ConvertAll(derivatives, derivative => derivative.dtype == ScalarType.Bool ? null : derivative);
    }
}
