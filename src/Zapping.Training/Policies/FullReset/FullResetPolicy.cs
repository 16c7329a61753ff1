using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;

namespace Zapping.Training.Policies;

/// <summary>
/// Draws the whole model anew, as its layers are when they are built, and has the optimizers forget it: training from scratch at each boundary. It is the reference of comparisons, as a reset that
/// stays below it is not worth having where boundaries are known.
/// </summary>
/// <threadsafety>Immutable; one policy may serve several schedulers.</threadsafety>
public sealed class FullResetPolicy : IResetPolicy, IDescribed
{
    private readonly FullResetOptions _options;

    /// <summary>Makes a policy with the given options.</summary>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public FullResetPolicy(FullResetOptions? options = null) => _options = OptionsValidator.Validate(options ?? new FullResetOptions()) with { };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["parameters"] = _options.Parameters.ToString(),
        ["running_statistics"] = _options.RunningStatistics,
        ["optimizer_state"] = _options.OptimizerState,
    };

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The default initialization of a parameter is not known; the message names it.</exception>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var own in LayerParameter.Of(context.Model, _options.Parameters))
        {
            context.Reset(own.Parameter, ParameterSlice.All, own.Default, _options.OptimizerState);
        }

        if (_options.RunningStatistics)
        {
            foreach (var (_, module) in context.Modules())
            {
                ResetStatistics(context, module);
            }
        }
    }

    private static void ResetStatistics(ResetContext context, TorchSharp.torch.nn.Module module)
    {
        foreach (var (name, _) in module.named_buffers(recurse: false))
        {
            if (LayerDefaults.BufferValueOf(module, name) is { } value)
            {
                context.ResetBuffer(module, name, ParameterSlice.All, value);
            }
        }
    }
}
