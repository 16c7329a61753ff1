using TorchSharp;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>
/// Weight clipping: keeps each parameter within <c>±kappa · bound</c>, after Elsayed et al., "Weight Clipping for Deep Continual and Reinforcement Learning" (RLC 2024, arXiv 2407.01704). Run it at each step.
/// </summary>
/// <remarks>
/// A step is clipped at the boundary of the next one, so the weights of the last step of a run are clipped when training goes on. The released code (mohmdelsayed/weight-clipping) gives a bias the fan-in of
/// the parameter before it in the list; here it is that of its layer, which is the same where layers are in order.
/// </remarks>
/// <threadsafety>For one model and one scheduler.</threadsafety>
public sealed class WeightClippingPolicy : IStatefulResetPolicy, IDescribed, IDisposable
{
    private readonly WeightClippingOptions _options;
    private readonly Dictionary<string, Tensor> _maxima;

    /// <summary>Makes a policy with the given options, and takes the measure of the parameters where the bound asks for that.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    /// <exception cref="InvalidOperationException">No parameter is chosen.</exception>
    /// <exception cref="NotSupportedException">A chosen parameter is of a layer of another kind; the message names it.</exception>
    public WeightClippingPolicy(nn.Module model, WeightClippingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _options = OptionsValidator.Validate(options ?? new WeightClippingOptions()) with { };
        var bounded = Bounded(model);
        _maxima = _options.Bound == ClippingBound.InitialMaximum
            ? bounded.ToDictionary(own => own.Name, own => Maximum(own.Parameter), StringComparer.Ordinal)
            : [];
        State = [.. _maxima.Select(own => KeyValuePair.Create($"{own.Key}.maximum", own.Value))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> State { get; }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> StateOfPasses => [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["multiple"] = _options.Multiple,
        ["bound"] = _options.Bound,
        ["parameters"] = _options.Parameters.ToString(),
        ["optimizer_state"] = _options.OptimizerState,
    };

    /// <inheritdoc/>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var own in Bounded(context.Model))
        {
            var bound = _options.Multiple * BoundOf(own);
            context.Reset(own.Parameter, ParameterSlice.All, Initializer.Map($"Clip(±{bound})", values => Clip(values, bound), staysFinite: true), _options.OptimizerState);
        }
    }

    /// <summary>Frees what was measured.</summary>
    public void Dispose()
    {
        foreach (var maximum in _maxima.Values)
        {
            maximum.Dispose();
        }
    }

    private List<LayerParameter> Bounded(nn.Module model)
    {
        var bounded = LayerParameter.Of(model, _options.Parameters).Where(own => own.FanIn is not null).ToList();
        return bounded.Count > 0
            ? bounded
            : throw new InvalidOperationException($"Only normalizations are chosen, which weight clipping leaves alone. Choose others with {nameof(WeightClippingOptions)}.{nameof(WeightClippingOptions.Parameters)}.");
    }

    private double BoundOf(LayerParameter own) => _options.Bound == ClippingBound.LayerDefault
        ? 1 / Math.Sqrt(own.FanIn!.Value)
        : _maxima.TryGetValue(own.Name, out var maximum)
            ? maximum.item<double>()
            : throw new InvalidOperationException($"The parameter '{own.Name}' is new since the policy was made, so its initial maximum is not known. Make the policy afterwards.");

    private static Tensor Maximum(Tensor parameter)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return parameter.detach().abs().max().to(ScalarType.Float64).cpu().DetachFromDisposeScope();
    }

    private static void Clip(Tensor values, double bound)
    {
        using Scalar low = -bound;
        using Scalar high = bound;
        values.clamp_(low, high);
    }
}
