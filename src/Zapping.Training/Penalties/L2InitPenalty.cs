using Zapping.Training.Parameters;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using Zapping.Training.Torch;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Penalties;

/// <summary>
/// L2 Init: a term of the loss that draws parameters back to where they began, <c>strength * ||theta - theta_0||^2</c>, after Kumar,
/// Marklund and Van Roy, "Maintaining Plasticity in Continual Learning via Regenerative Regularization" (2023). It goes into any loss:
/// <code>
/// using var penalty = new L2InitPenalty(model, strength: 1e-3);
/// var loss = functional.cross_entropy(model.call(inputs), labels) + penalty.Value();     // in a loop of one's own
/// using var trainer = new ContinualTrainer(model, optimizer).UseLoss(penalty);           // in a trainer
/// </code>
/// </summary>
/// <remarks>
/// theta_0 are copies made when the penalty is made, after the model was moved to its device. Resets do not change them. They are part of a run, so the penalty is an <see cref="ITrainingMemory"/>, which
/// <c>UseLoss</c> has checkpoints hold: a resumed run goes on with theta_0 of the first one, however the model was initialized for it. With <see cref="AddTo"/> and in a loop of one's own, <c>UseMemory</c> does it.
/// <para>
/// The authors' released code has a factor of 1/2 that the formula has not, <c>l2_weight · 1/2 · ||theta - theta_0||^2</c>, and leaves
/// layer normalizations out: <c>new L2InitPenalty(model, l2_weight / 2, ParameterFilter.Where(name =&gt; !name.StartsWith("norm.")))</c>
/// is the same where they are named <c>norm</c>.
/// </para>
/// </remarks>
/// <threadsafety>As the model's.</threadsafety>
public sealed class L2InitPenalty : ILossTerm, ITrainingMemory, IDescribed, IDisposable
{
    private readonly nn.Module _model;
    private readonly double _strength;
    private readonly ParameterFilter _chosen;
    private readonly HashSet<string> _names;
    private readonly ParameterSnapshot _initial;

    /// <summary>Remembers the parameters as they are now.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="strength">
    /// lambda, finite and at least 0. The published values, between 1e-5 and 1e-2, are the released code's <c>l2_weight</c>: half of one is
    /// the same strength here.
    /// </param>
    /// <param name="parameters">Which parameters; default: all that require a gradient now.</param>
    /// <exception cref="ArgumentException">The strength is out of range.</exception>
    /// <exception cref="InvalidOperationException">No parameter is chosen, or a prefix fits no name of the model.</exception>
    public L2InitPenalty(nn.Module model, double strength, ParameterFilter? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _strength = Guard.NonNegative(strength);
        _chosen = parameters ?? ParameterFilter.All;
        _names = [.. _chosen.ResolveNamed(model).Select(p => p.Name)];
        _initial = ParameterSnapshot.Capture(model);
    }

    /// <summary>Its name in checkpoints; default <c>l2-init</c>.</summary>
    public string Name { get; init; } = "l2-init";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal) { ["strength"] = _strength, ["parameters"] = _chosen };

    /// <summary>The penalty for the parameters as they are now: a scalar with a gradient, in the current dispose scope.</summary>
    /// <exception cref="ArgumentException">A parameter is new or has another shape since the penalty was made.</exception>
    /// <exception cref="ObjectDisposedException">The penalty has been disposed of.</exception>
    public Tensor Value()
    {
        using var scope = NewDisposeScope();
        var distances = new List<Tensor>();
        foreach (var (name, parameter) in _model.named_parameters())
        {
            if (_names.Contains(name))
            {
                _initial.EnsureHolds(parameter, name);
                var moved = (parameter - _initial[name]).Precise();
                distances.Add((moved * moved).sum());
            }
        }

        return PenaltySum.Of(distances, _strength).MoveToOuterDisposeScope();
    }

    Tensor ILossTerm.Value(StepContext step) => Value();

    /// <summary>A loss with the penalty in it, for what takes no terms, such as trainers on episodes.</summary>
    /// <param name="loss">Maps (outputs, labels) to a scalar; default: mean softmax cross-entropy.</param>
    public Func<Tensor, Tensor, Tensor> AddTo(Func<Tensor, Tensor, Tensor>? loss = null)
    {
        loss ??= (outputs, labels) => nn.functional.cross_entropy(outputs, labels);
        return (outputs, labels) => loss(outputs, labels).Plus(Value());
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() => [.. _names.Order(StringComparer.Ordinal).Select(name => KeyValuePair.Create(name, _initial[name]))];

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        foreach (var name in _names)
        {
            if (!saved.TryGetValue(name, out var value) || !value.shape.SequenceEqual(_initial[name].shape))
            {
                throw new InvalidDataException($"what {nameof(L2InitPenalty)} remembers has no '{name}' of shape [{string.Join(", ", _initial[name].shape)}].");
            }
        }

        using var noGrad = no_grad();
        foreach (var name in _names)
        {
            _initial[name].copy_(saved[name]);
        }
    }

    /// <summary>Frees the copies.</summary>
    public void Dispose() => _initial.Dispose();
}
