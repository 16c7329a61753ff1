using TorchSharp;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using Zapping.Training.Torch;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Penalties;

/// <summary>
/// Parseval regularization: a term of the loss that keeps the rows of weights orthogonal and of one length, <c>strength · sum over layers of ||W·Wᵀ - s·I||²</c> (Frobenius norm), after
/// Chung, Cherif, Meger and Precup, "Parseval Regularization for Continual Reinforcement Learning" (NeurIPS 2024, arXiv 2412.07224). It goes into any loss:
/// <code>
/// using var trainer = new ContinualTrainer(model, optimizer).UseLoss(new ParsevalPenalty(model, strength: 1e-4));
/// </code>
/// </summary>
/// <remarks>
/// W is a weight [units, inputs] of a linear layer, or a convolution's, whose rows are its flattened filters. Where there are more rows than columns, not all rows can be orthogonal, and the term
/// has its minimum, <c>s²·(rows - columns)</c>, at orthogonal columns. It is computed by the smaller of <c>W·Wᵀ</c> and <c>Wᵀ·W</c>, which is the same up to rounding. Biases and normalizations have no part in
/// it. The paper leaves the last layer out and has an <c>s</c> that follows the initialization, from memory; the text was not at hand. Nothing is remembered from step to step.
/// </remarks>
/// <threadsafety>As the model's.</threadsafety>
public sealed class ParsevalPenalty : ILossTerm, IDescribed
{
    private readonly double _strength;
    private readonly double _scale;
    private readonly IReadOnlyList<UnitLayer> _layers;

    /// <summary>Makes a penalty for layers of a model.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="strength">Finite and at least 0; between 1e-5 and 1e-3 in experiments of others.</param>
    /// <param name="layers">Which linear layers and convolutions, by their names in the model; default: all. The classifier's rows are drawn to one length too: leave it out to keep it free.</param>
    /// <param name="scale">s, the squared length of each row: finite and above 0; default 1.</param>
    /// <exception cref="ArgumentException">A number is out of range, or no layer is chosen.</exception>
    public ParsevalPenalty(nn.Module model, double strength, Func<string, bool>? layers = null, double scale = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        _strength = Guard.NonNegative(strength);
        ArgumentOutOfRangeException.ThrowIfZero(scale);
        _scale = Guard.NonNegative(scale);
        _layers = UnitLayer.Select(model, layers);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["strength"] = _strength,
        ["scale"] = _scale,
        ["layers"] = _layers.Select(layer => layer.Name).ToList(),
    };

    /// <summary>The penalty for the weights as they are now: a scalar with a gradient, in the current dispose scope. Layers that are frozen are counted too.</summary>
    public Tensor Value()
    {
        using var scope = NewDisposeScope();
        var deviations = _layers.Select(layer => DeviationOf(layer.Weight.flatten(1).Precise())).ToArray();
        return PenaltySum.Of(deviations, _strength).MoveToOuterDisposeScope();
    }

    Tensor ILossTerm.Value(StepContext step) => Value();

    private Tensor DeviationOf(Tensor weight)
    {
        var (rows, columns) = (weight.size(0), weight.size(1));
        using Scalar scale = _scale;
        using Scalar once = 1;
        using Scalar beyond = _scale * _scale * Math.Max(0, rows - columns);
        var products = rows <= columns ? weight.mm(weight.t()) : weight.t().mm(weight);
        var deviation = products - eye(products.size(0), dtype: products.dtype, device: products.device).mul(scale);
        var rest = ones([], products.dtype, products.device).mul(beyond);
        return (deviation * deviation).sum().add(rest, alpha: once);
    }
}
