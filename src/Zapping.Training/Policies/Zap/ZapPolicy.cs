using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Scheduling;
using Zapping.Training.Validation;

namespace Zapping.Training;

/// <summary>
/// Zapping: overwrites rows of the classifier with fresh random values, after "Reset It and Forget It: Relearning
/// Last-Layer Weights Improves Continual and Transfer Learning" (arXiv 2310.07996). By default the weights of the
/// boundary's classes and nothing else, as published.
/// </summary>
/// <threadsafety>Immutable; one policy may serve several schedulers.</threadsafety>
public sealed class ZapPolicy : IScheduledResetPolicy, IDescribed
{
    private readonly HeadSelector _head;
    private readonly UnitSelection _units;
    private readonly Initializer _weights;
    private readonly BiasReset _bias;
    private readonly OptimizerStateReset _optimizerState;
    private readonly bool _allowSharedWeights;

    /// <summary>Makes a policy with the given options.</summary>
    /// <param name="options">Read now; later changes have no effect. Default: as published.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public ZapPolicy(ZapOptions? options = null)
    {
        options = OptionsValidator.Validate(options ?? new ZapOptions());
        _head = options.Head;
        _units = options.Units;
        _weights = options.Weights;
        _bias = options.Bias;
        _optimizerState = options.OptimizerState;
        _allowSharedWeights = options.AllowSharedWeights;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["head"] = _head.ToString(),
        ["units"] = _units.ToString(),
        ["weights"] = _weights.ToString(),
        ["bias"] = _bias,
        ["optimizer_state"] = _optimizerState,
        ["allow_shared_weights"] = _allowSharedWeights,
    };

    /// <inheritdoc/>
    public void EnsureSuits(ResetSchedule schedule) => _units.EnsureSuits(schedule);

    /// <inheritdoc/>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var head = _head.Find(context);
        if (!_allowSharedWeights)
        {
            context.EnsureNotShared(head.Weight, $" Set {nameof(ZapOptions)}.{nameof(ZapOptions.AllowSharedWeights)} if that is meant.");
        }

        var rows = ParameterSlice.Rows(_units.Choose(head, context));
        context.Reset(head.Weight, rows, _weights, _optimizerState);
        if (head.Bias is { } bias && _bias != BiasReset.Keep)
        {
            var fresh = _bias == BiasReset.Zero ? Initializer.Zeros() : Initializer.LayerDefault(head.FanIn);
            context.Reset(bias, rows, fresh, _optimizerState);
        }
    }
}
