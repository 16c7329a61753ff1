using TorchSharp;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Initializers;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using Zapping.Training.Torch;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Penalties;

/// <summary>
/// Spectral regularization: a term of the loss that keeps the largest singular value of each weight near 1, <c>strength · sum over layers of (sigma^k - 1)² + ||b||^(2k)</c> with weights W,
/// their largest singular values sigma, and biases b, after Lewandowski et al., "Learning Continually by Spectral Regularization" (ICLR 2025, arXiv 2406.06811):
/// <code>
/// using var penalty = new SpectralPenalty(model, strength: 1e-4);
/// using var trainer = new ContinualTrainer(model, optimizer).UseLoss(penalty);
/// </code>
/// </summary>
/// <remarks>
/// <para>
/// W is a weight [units, inputs] of a linear layer, or a convolution's, whose rows are its flattened filters. sigma is found by power iteration: a vector for each layer is remembered and
/// moved on by one iteration at each value, so that it follows the weights as they are trained; the first one gets more. Until it has arrived, sigma is a little too small. The
/// gradient goes through W alone.
/// </para>
/// <para>
/// The vectors are part of a run, so the penalty is an <see cref="ITrainingMemory"/>, which <c>UseLoss</c> has checkpoints hold: a resumed run has the bits of one that was not interrupted.
/// Where the penalty is added to a loss by hand, <c>UseMemory</c> does it; without that the vectors begin anew. A step that fails has moved them on too.
/// </para>
/// <para>
/// That sigma is drawn to 1 is the paper's; the term of the biases, which is the same with a target of 0, and k = 2 are from memory, as its text was not at hand. The paper treats scales of
/// normalizations too, also from memory, which this penalty does not.
/// </para>
/// </remarks>
/// <threadsafety>As the model's.</threadsafety>
public sealed class SpectralPenalty : ILossTerm, ITrainingMemory, IDescribed, IDisposable
{
    private const int FirstIterations = 20;

    private readonly double _strength;
    private readonly int _exponent;
    private readonly bool _includeBiases;
    private readonly IReadOnlyList<UnitLayer> _layers;
    private readonly Dictionary<string, Tensor> _vectors = new(StringComparer.Ordinal);

    /// <summary>Makes a penalty for layers of a model.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="strength">Finite and at least 0.</param>
    /// <param name="layers">Which linear layers and convolutions, by their names in the model; default: all.</param>
    /// <param name="exponent">k, at least 1; default 2. The larger, the more it minds large singular values, and the less small ones.</param>
    /// <param name="includeBiases">Whether biases are drawn to 0; default <see langword="true"/>.</param>
    /// <exception cref="ArgumentException">A number is out of range, or no layer is chosen.</exception>
    public SpectralPenalty(nn.Module model, double strength, Func<string, bool>? layers = null, int exponent = 2, bool includeBiases = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exponent);
        _strength = Guard.NonNegative(strength);
        (_exponent, _includeBiases) = (exponent, includeBiases);
        _layers = UnitLayer.Select(model, layers);
    }

    /// <summary>Its name in checkpoints; default <c>spectral</c>.</summary>
    public string Name { get; init; } = "spectral";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["strength"] = _strength,
        ["exponent"] = _exponent,
        ["include_biases"] = _includeBiases,
        ["layers"] = _layers.Select(layer => layer.Name).ToList(),
    };

    /// <summary>The penalty for the weights as they are now: a scalar with a gradient, in the current dispose scope. It moves the vectors on by an iteration. Layers that are frozen are counted too.</summary>
    public Tensor Value()
    {
        using var scope = NewDisposeScope();
        using Scalar exponent = _exponent;
        var target = ones([], ScalarType.Float32);
        var terms = new List<Tensor>();
        foreach (var layer in _layers)
        {
            var largest = LargestSingularValue(layer.Name, layer.Weight.flatten(1).Precise());
            var excess = largest.pow(exponent) - target;
            terms.Add(excess * excess);
            if (_includeBiases && layer.Bias is { } bias)
            {
                var precise = bias.Precise();
                terms.Add((precise * precise).sum().pow(exponent));
            }
        }

        return PenaltySum.Of(terms, _strength).MoveToOuterDisposeScope();
    }

    Tensor ILossTerm.Value(StepContext step) => Value();

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() => [.. _vectors];

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        var known = _layers.Where(layer => saved.ContainsKey(layer.Name)).ToList();
        if (known.Count != saved.Count || !known.TrueForAll(layer => saved[layer.Name].shape.SequenceEqual([layer.Weight.size(0)])))
        {
            throw new InvalidDataException($"what {nameof(SpectralPenalty)} remembers is not of the layers {string.Join(", ", _layers.Select(layer => $"'{layer.Name}'"))}, or of other sizes.");
        }

        Dispose();
        foreach (var layer in known)
        {
            Remember(layer.Name, saved[layer.Name].to(Precision.Of(layer.Weight), layer.Weight.device, copy: true));
        }
    }

    /// <summary>Frees the vectors; a value after that begins with new ones.</summary>
    public void Dispose()
    {
        foreach (var vector in _vectors.Values)
        {
            vector.Dispose();
        }

        _vectors.Clear();
    }

    private Tensor LargestSingularValue(string name, Tensor weight)
    {
        var (left, right) = Iterate(name, weight.detach());
        return left.dot(weight.mv(right));
    }

    private (Tensor Left, Tensor Right) Iterate(string name, Tensor weight)
    {
        using var noGrad = no_grad();
        var iterations = 1;
        if (!_vectors.TryGetValue(name, out var left) || left.size(0) != weight.size(0) || left.dtype != weight.dtype || !TensorPlace.Same(left, weight))
        {
            left = new ResetNoise(0, 0, "spectral:" + name).Normal(empty(weight.size(0), weight.dtype, weight.device));
            left = Unit(left, left);
            iterations = FirstIterations;
        }

        var right = Unit(weight.t().mv(left), null);
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            left = Unit(weight.mv(right), left);
            right = Unit(weight.t().mv(left), right);
        }

        Remember(name, left.clone());
        return (left, right);
    }

    // A weight of zeros has no directions: the vector stays, for 0 would lead nowhere ever after.
    private static Tensor Unit(Tensor vector, Tensor? otherwise)
    {
        using Scalar nothing = 0;
        using Scalar smallest = 1e-30;
        var norm = vector.norm();
        var unit = vector / norm.clamp_min(smallest);
        return otherwise is null ? unit : where(norm.gt(nothing), unit, otherwise);
    }

    private void Remember(string name, Tensor vector)
    {
        if (_vectors.Remove(name, out var before))
        {
            before.Dispose();
        }

        _vectors.Add(name, vector.DetachFromDisposeScope());
    }
}
