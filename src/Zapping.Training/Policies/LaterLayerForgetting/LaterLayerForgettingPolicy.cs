using TorchSharp.Modules;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Later-layer forgetting: initializes all layers from one on anew and keeps those before it, after Zhou, Vani, Larochelle and
/// Courville, "Fortuitous Forgetting in Connectionist Networks" (ICLR 2022). With few resets of the last layers it is the remedy of
/// Nikishin et al., "The Primacy Bias in Deep Reinforcement Learning" (ICML 2022); see
/// <see cref="LaterLayerForgettingTrainerExtensions.UseLaterLayerForgetting{TTrainer}(TTrainer, Tensor, ResetSchedule, Action{LaterLayerForgettingOptions})"/>.
/// </summary>
/// <remarks>
/// Which layer comes when is seen in a forward pass. Normalizations get scale 1, shift 0, running means 0 and running variances 1.
/// </remarks>
/// <threadsafety>Immutable, for one model; it may serve several schedulers.</threadsafety>
public sealed class LaterLayerForgettingPolicy : IResetPolicy, IDescribed
{
    private readonly IReadOnlyList<(string Name, nn.Module Module)> _layers;
    private readonly Initializer _weights;
    private readonly BiasReset _bias;
    private readonly Func<nn.Module, string, Initializer?> _ownModules;
    private readonly OptimizerStateReset _optimizerState;

    /// <summary>Makes a policy with the given options.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="exampleInput">Inputs [n, …] on its device for one forward pass in eval mode; not changed.</param>
    /// <param name="options">Read now; later changes have no effect. Default: the last layer.</param>
    /// <exception cref="ArgumentException">The options are invalid, or the model has no such layers.</exception>
    /// <exception cref="NotSupportedException">
    /// A module has parameters, but no call of it is seen, or a later one's initialization is not known; the message names it.
    /// </exception>
    public LaterLayerForgettingPolicy(nn.Module<Tensor, Tensor> model, Tensor exampleInput, LaterLayerForgettingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(exampleInput);
        options = OptionsValidator.Validate(options ?? new LaterLayerForgettingOptions());
        _layers = options.Layers.Find(model, exampleInput);
        _weights = options.Weights;
        _bias = options.Bias;
        _ownModules = options.OwnModules;
        _optimizerState = options.OptimizerState;
        foreach (var (name, module) in _layers)
        {
            EnsureKnown(name, module);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["layers"] = _layers.Select(layer => layer.Name).ToList(),
        ["weights"] = _weights.ToString(),
        ["bias"] = _bias,
        ["optimizer_state"] = _optimizerState,
    };

    /// <inheritdoc/>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var (_, module) in _layers)
        {
            foreach (var (member, parameter) in module.named_parameters(recurse: false))
            {
                context.EnsureNotShared(parameter);
                if (Fresh(module, member) is { } initializer)
                {
                    context.Reset(parameter, ParameterSlice.All, initializer, _optimizerState);
                }
            }

            foreach (var (member, _) in module.named_buffers(recurse: false))
            {
                context.ResetBuffer(module, member, ParameterSlice.All, LayerDefaults.BufferValueOf(module, member)!.Value);
            }
        }
    }

    private Initializer? Fresh(nn.Module module, string member) => module switch
    {
        Linear or Convolution when member == "weight" => _weights,
        Linear or Convolution when _bias == BiasReset.Keep => null,
        Linear or Convolution when _bias == BiasReset.Zero => Initializer.Zeros(),
        _ => _ownModules(module, member) ?? LayerDefaults.InitializerOf(module, member),
    };

    private void EnsureKnown(string layer, nn.Module module)
    {
        var parameters = module.named_parameters(recurse: false).Where(p => LayerDefaults.InitializerOf(module, p.name) is null && _ownModules(module, p.name) is null).Select(p => p.name);
        var buffers = module.named_buffers(recurse: false).Where(b => LayerDefaults.BufferValueOf(module, b.name) is null).Select(b => b.name);
        if (parameters.Concat(buffers).FirstOrDefault() is { } member)
        {
            throw new NotSupportedException(
                $"The initialization of '{(layer.Length == 0 ? member : $"{layer}.{member}")}' ({module.GetType().Name}) is not known. Say it with "
                + $"{nameof(LaterLayerForgettingOptions)}.{nameof(LaterLayerForgettingOptions.OwnModules)}, or begin later.");
        }
    }
}
