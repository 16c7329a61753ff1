using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Initializers;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using Zapping.Training.Torch;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.UpdateRules;

/// <summary>
/// UPGD, utility-based perturbed gradient descent: useful weights are protected, and the others move and are shaken, after Elsayed and Mahmood, "Addressing Loss of Plasticity and
/// Catastrophic Forgetting in Continual Learning" (ICLR 2024, arXiv 2404.00781). The first-order rule, weight by weight: the utility of a weight is a running average of
/// <c>-g · w</c>, <c>U = beta · U + (1 - beta) · (-g · w)</c>; with <c>s = sigmoid(U / max U)</c>, over all weights, SGD gets
/// <c>(g + sigma · noise) · (1 - s)</c> in place of the gradient g.
/// </summary>
/// <remarks>
/// <para>
/// Weight decay is the optimizer's. A weight of average utility has s = 0.5, so rates are half of what they seem to be; the optimizer in the authors' README
/// (github.com/mohmdelsayed/upgd) has twice the rate for that, their experiments have not, and neither has this rule. If no weight has a positive utility,
/// none is protected: s = 0.5; the released code divides by the negative or zero maximum, which turns the order around or gives NaN.
/// </para>
/// <para>
/// Entries that something else has written since the last step, such as a reset, begin anew with a utility of 0; the rule tells them by a copy of the parameters as its last step left them. Their
/// average is too small while it is young, which protects them less. A parameter whose shape has changed begins anew whole. So the rule keeps two copies of the parameters, and checkpoints hold both.
/// </para>
/// <para>
/// The published evidence is for batches of one example and no clipping, which comes after the rule. A gradient of L2 Init or another penalty is part of g. The maximum over all weights is one
/// number: a single weight decides how much the others are protected.
/// </para>
/// </remarks>
/// <threadsafety>For one model and one trainer.</threadsafety>
public sealed class UpgdRule : IUpdateRule, ITrainingMemory, IDescribed, IDisposable
{
    private readonly nn.Module _model;
    private readonly UpgdOptions _options;
    private readonly Dictionary<string, UtilityTrace> _traces = new(StringComparer.Ordinal);

    /// <summary>Makes a rule that knows nothing of the weights yet.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    /// <exception cref="InvalidOperationException">No parameter is chosen, or a prefix fits no name of the model.</exception>
    public UpgdRule(nn.Module model, UpgdOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _options) = (model, OptionsValidator.Validate(options ?? new UpgdOptions()) with { });
        _options.Parameters.Resolve(model);
    }

    /// <summary>Its name in checkpoints: <c>upgd</c>.</summary>
    public string Name => "upgd";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["decay"] = _options.Decay,
        ["noise"] = _options.Noise,
        ["protects"] = _options.Protects,
        ["scale"] = _options.Scale,
        ["correction"] = _options.Correction,
        ["parameters"] = _options.Parameters,
        ["seed"] = _options.Seed,
        ["allow_any_optimizer"] = _options.AllowAnyOptimizer,
    };

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">An optimizer is not SGD without momentum, and that is not allowed.</exception>
    public void OnGradients(UpdateContext update)
    {
        ArgumentNullException.ThrowIfNull(update);
        EnsureServes(update.Optimizers);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var trace in _traces.Values)
        {
            trace.Discard(); // of a step that failed
        }

        var moving = new List<(string Name, Tensor Slope, UtilityTrace Trace)>();
        foreach (var (name, parameter) in _options.Parameters.ResolveNamed(_model))
        {
            if (parameter.grad is { } gradient)
            {
                var trace = TraceOf(name, parameter);
                trace.Prepare(parameter, gradient, _options.Decay);
                moving.Add((name, gradient, trace));
            }
        }

        using Scalar one = 1;
        var largest = _options.Scale == UpgdScale.Global && moving.Count > 0 ? Largest() : null;
        foreach (var (name, gradient, trace) in moving)
        {
            var open = Gate(trace, largest).neg_().add_(ones([], trace.Utility.dtype, trace.Utility.device), alpha: one);
            gradient.copy_(Moved(gradient.Precise(), open, new ResetNoise(_options.Seed, update.Step, "upgd:" + name)));
        }
    }

    /// <inheritdoc/>
    public void OnUpdated(UpdateContext update)
    {
        foreach (var (name, parameter) in _options.Parameters.ResolveNamed(_model))
        {
            if (_traces.TryGetValue(name, out var trace))
            {
                trace.Advance(parameter);
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() => [.. _traces.SelectMany(own => own.Value.Save(own.Key))];

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        var parameters = _options.Parameters.ResolveNamed(_model).ToList();
        var known = parameters.FindAll(own => saved.ContainsKey(own.Name + ".utility"));
        if (saved.Count != 3 * known.Count || !known.TrueForAll(own => HasShape(own.Name + ".utility", own.Parameter) && HasShape(own.Name + ".left", own.Parameter) && saved.ContainsKey(own.Name + ".steps")))
        {
            throw new InvalidDataException($"what {nameof(UpgdRule)} remembers is not of the parameters {string.Join(", ", parameters.Select(own => $"'{own.Name}'"))}, or of other shapes.");
        }

        Forget();
        foreach (var (name, parameter) in known)
        {
            var utility = saved[name + ".utility"].to(Precision.Of(parameter), parameter.device, copy: true);
            _traces.Add(name, new UtilityTrace(utility, saved[name + ".left"].to(parameter.dtype, parameter.device, copy: true), saved[name + ".steps"].item<long>()));
        }

        bool HasShape(string name, Parameter parameter) => saved.TryGetValue(name, out var tensor) && tensor.shape.SequenceEqual(parameter.shape);
    }

    /// <summary>Frees what is remembered.</summary>
    public void Dispose() => Forget();

    private void EnsureServes(IReadOnlyList<optim.Optimizer> optimizers)
    {
        if (!_options.AllowAnyOptimizer && optimizers.FirstOrDefault(optimizer => !IsPlain(optimizer)) is { } other)
        {
            throw new InvalidOperationException(
                $"UPGD is a rule for SGD without momentum, but the optimizer is {other.GetType().Name}{(other is SGD ? " with momentum or going up the gradient" : "")}. If that is meant, set {nameof(UpgdOptions)}.{nameof(UpgdOptions.AllowAnyOptimizer)}.");
        }

        static bool IsPlain(optim.Optimizer optimizer) => optimizer is SGD sgd && sgd.state_dict().Options.OfType<SGD.Options>().All(options => options.momentum is null or 0 && options.maximize is not true);
    }

    private UtilityTrace TraceOf(string name, Parameter parameter)
    {
        if (_traces.TryGetValue(name, out var trace) && trace.Fits(parameter))
        {
            return trace;
        }

        trace?.Dispose();
        return _traces[name] = UtilityTrace.Of(parameter);
    }

    // Infinity where none is positive, by which everything is 0. It stays on its device, so that the host need not wait.
    private Tensor Largest()
    {
        var all = _traces.Values.ToList();
        var device = all[0].Utility.device;
        var largest = stack([.. all.Select(trace => LargestOf(trace).to(ScalarType.Float64, device))]).max();
        using Scalar nothing = 0;
        using Scalar infinity = double.PositiveInfinity;
        return largest.masked_fill(largest.le(nothing), infinity);
    }

    private Tensor Gate(UtilityTrace trace, Tensor? largest)
    {
        var utility = Corrected(trace.Utility, trace);
        if (largest is not null)
        {
            return (utility / largest.to(utility.dtype, utility.device)).sigmoid_();
        }

        using Scalar smallest = 1e-12; // as in the released code's normalization
        var norm = utility.dim() == 0 ? utility.abs() : utility.norm(-1, keepdim: true);
        return (utility / norm.clamp_min(smallest)).sigmoid_();
    }

    private Tensor LargestOf(UtilityTrace trace) => _options.Correction == UpgdCorrection.Consistent ? Corrected(trace.Utility.max(), trace) : trace.Utility.max();

    private Tensor Corrected(Tensor utility, UtilityTrace trace)
    {
        using Scalar correction = 1 - Math.Pow(_options.Decay, trace.Steps);
        return utility.div(correction);
    }

    private Tensor Moved(Tensor gradient, Tensor open, ResetNoise noise)
    {
        if (_options.Noise == 0)
        {
            return _options.Protects ? gradient * open : gradient;
        }

        var shaken = noise.Normal(empty_like(open), 0, _options.Noise);
        return _options.Protects ? gradient.Plus(shaken) * open : gradient.Plus(shaken * open);
    }

    private void Forget()
    {
        foreach (var trace in _traces.Values)
        {
            trace.Dispose();
        }

        _traces.Clear();
    }
}
