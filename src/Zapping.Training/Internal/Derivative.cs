using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>
/// Derivatives with respect to given parameters, or what was computed of them, without touching their <c>grad</c>. One
/// on which the scalar does not depend has null. libtorch's own check of the arguments does not come back as an
/// exception, so they are chosen such that it cannot fail.
/// </summary>
internal static class Derivative
{
    /// <param name="scalar">What is differentiated.</param>
    /// <param name="parameters">Each requires a gradient.</param>
    /// <param name="differentiable">Whether the result can be differentiated again.</param>
    public static IReadOnlyList<Tensor?> Of(Tensor scalar, IReadOnlyList<Tensor> parameters, bool differentiable = false) =>
        Of([scalar], null, parameters, differentiable);

    /// <summary>The derivative of the inner product of <paramref name="tensors"/> and <paramref name="weights"/>.</summary>
    public static IReadOnlyList<Tensor?> OfProduct(
        IReadOnlyList<Tensor?> tensors, IReadOnlyList<Tensor> weights, IReadOnlyList<Tensor> parameters)
    {
        var pairs = tensors.Zip(weights).Where(pair => pair.First is { requires_grad: true }).ToList();
        return Of([.. pairs.Select(pair => pair.First!)], [.. pairs.Select(pair => pair.Second)], parameters, differentiable: false);
    }

    private static Tensor?[] Of(
        IList<Tensor> tensors, IList<Tensor>? weights, IReadOnlyList<Tensor> parameters, bool differentiable)
    {
        if (parameters.Count == 0 || tensors.Count == 0 || !tensors[0].requires_grad)
        {
            return new Tensor?[parameters.Count];
        }

        var derivatives = autograd.grad(
            tensors, [.. parameters], weights, retain_graph: differentiable, create_graph: differentiable, allow_unused: true);
        return [.. derivatives.Select(derivative => derivative is null || derivative.IsInvalid ? null : derivative)];
    }
}
