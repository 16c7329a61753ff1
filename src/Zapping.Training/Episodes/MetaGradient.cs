using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Episodes;

/// <summary>
/// The derivative of the outer loss on its way back through the inner loop: with respect to theta_i for the inner
/// parameters, and the sum so far for the others.
/// </summary>
internal sealed class MetaGradient
{
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly bool[] _reached;
    private readonly Tensor[] _sums;

    /// <param name="inner">The parameters that the inner loop moves.</param>
    /// <param name="others">Other parameters that the outer step moves.</param>
    /// <param name="atAdapted">The derivative at theta_n with respect to the inner and then the other parameters.</param>
    public MetaGradient(IReadOnlyList<Parameter> inner, IReadOnlyList<Parameter> others, IReadOnlyList<Tensor?> atAdapted)
    {
        using var noGrad = no_grad();
        Inner = inner;
        _parameters = [.. inner, .. others];
        _reached = [.. atAdapted.Select(derivative => derivative is not null)];

        _sums = [.. atAdapted.Zip(_parameters, (derivative, parameter) => Own(derivative) ?? zeros_like(parameter, requires_grad: false))];
    }

    public IReadOnlyList<Parameter> Inner { get; }

    /// <summary>v_(i-1) = v_i - a H_i v_i.</summary>
    /// <param name="innerGradient">The gradient of inner step i at theta_(i-1), which can be differentiated again.</param>
    /// <param name="learningRate">a.</param>
    public void PullBack(IReadOnlyList<Tensor?> innerGradient, double learningRate)
    {
        var products = Gradients.OfProduct(innerGradient, _sums[..Inner.Count], _parameters);
        using var noGrad = no_grad();
        using Scalar factor = -learningRate;
        for (var i = 0; i < _sums.Length; i++)
        {
            if (products[i] is { } product)
            {
                _sums[i].add_(product, factor);
                _reached[i] = true;
            }
        }
    }

    /// <summary>Leaves the sums in the gradients of those parameters that the outer step moves.</summary>
    public void HandOver(IEnumerable<Parameter> outer)
    {
        var moved = outer.Select(parameter => TensorIdentity.Of(parameter)).ToHashSet();
        for (var i = 0; i < _sums.Length; i++)
        {
            if (_reached[i] && moved.Contains(TensorIdentity.Of(_parameters[i])))
            {
                _parameters[i].grad = _sums[i];
            }
        }
    }

    // A copy, because autograd may hand out one tensor for two parameters; the original goes at once, as it would
    // otherwise stay in memory all the way back.
    private static Tensor? Own(Tensor? derivative)
    {
        using (derivative)
        {
            return derivative?.clone();
        }
    }
}
