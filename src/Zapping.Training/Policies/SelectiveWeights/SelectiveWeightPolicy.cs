using TorchSharp;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Torch;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>
/// Selective weight reinitialization: draws the least useful single weights of each parameter anew, after Hernandez-Garcia et al., "Reinitializing weights vs units for maintaining plasticity in neural
/// networks" (CoLLAs 2025). The utility of a weight is |g · w|, with the gradient g of the last step and the weight w behind it. Nothing needs to be known of units, so any architecture can be reset.
/// </summary>
/// <remarks>
/// <para>
/// By gradient it runs at step boundaries of a trainer, where the gradients of the step before are there (see <see cref="IResetPolicy.Apply"/>). A parameter without a gradient is left alone; if none has one,
/// nothing is written.
/// </para>
/// <para>The output of the model changes at once, as a single weight has no outgoing weights that could be set to zero: small doses often disturb less than large ones rarely.</para>
/// </remarks>
/// <threadsafety>Immutable; one policy may serve several schedulers.</threadsafety>
public sealed class SelectiveWeightPolicy : IResetPolicy, IDescribed
{
    private readonly SelectiveWeightOptions _options;

    /// <summary>Makes a policy with the given options.</summary>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public SelectiveWeightPolicy(SelectiveWeightOptions? options = null)
    {
        _options = OptionsValidator.Validate(options ?? new SelectiveWeightOptions()) with { };
        if (_options is { Choice: WeightChoice.Proportional, Factor: > 1 })
        {
            throw new ArgumentException($"Invalid {nameof(SelectiveWeightOptions)}: {nameof(SelectiveWeightOptions.Factor)} of a proportion is a share, from 0 to 1, not {_options.Factor:r}.", nameof(options));
        }
    }

    /// <inheritdoc/>
    public bool ReadsGradients => _options.Utility == WeightUtility.Gradient;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["utility"] = _options.Utility,
        ["choice"] = _options.Choice,
        ["factor"] = _options.Factor,
        ["fresh"] = _options.Fresh,
        ["parameters"] = _options.Parameters.ToString(),
        ["optimizer_state"] = _options.OptimizerState,
    };

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The default initialization of a parameter is not known; the message names it.</exception>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var noGrad = no_grad();
        foreach (var own in LayerParameter.Of(context.Model, _options.Parameters))
        {
            using var scope = NewDisposeScope();
            if (Utility(own, context) is { } utility && Choose(utility, own, context) is { Length: > 0 } chosen)
            {
                context.Reset(own.Parameter, ParameterSlice.Entries(chosen), Fresh(own), _options.OptimizerState);
            }
        }
    }

    // [entries]; null where there is no gradient.
    private Tensor? Utility(LayerParameter own, ResetContext context)
    {
        var weights = own.Parameter.detach().Precise().reshape(-1);
        return _options.Utility switch
        {
            WeightUtility.Magnitude => weights.abs(),
            WeightUtility.Random => context.Noise($"utility:{own.Name}").Uniform(empty_like(weights), 0, 1),
            _ => own.Parameter.grad is { } gradient ? (gradient.is_sparse ? gradient.to_dense() : gradient).reshape(-1).to(weights.dtype).mul(weights).abs() : null,
        };
    }

    private long[] Choose(Tensor utility, LayerParameter own, ResetContext context)
    {
        if (_options.Choice == WeightChoice.Threshold)
        {
            using Scalar factor = _options.Factor;
            return [.. utility.le(utility.mean().mul(factor)).nonzero().reshape(-1).cpu().data<long>()];
        }

        var share = utility.numel() * _options.Factor;
        var count = (long)share;
        if (share > count && context.Noise($"fraction:{own.Name}").Uniform(empty(1), 0, 1).item<float>() < share - count)
        {
            count++;
        }

        return count == 0 ? [] : [.. sort(utility, stable: true).indices.narrow(0, 0, count).cpu().data<long>().Order()];
    }

    private Initializer Fresh(LayerParameter own) => _options.Fresh == FreshWeight.Redraw
        ? own.Default
        : LayerDefaults.IsNormalization(own.Module) ? own.Default : Initializer.Zeros();
}
