using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Shrinks parameters towards zero and adds a little of a fresh initialization, after Ash and Adams, "On
/// warm-starting neural network training" (NeurIPS 2020): <c>shrink * current + perturb * fresh</c>.
/// </summary>
/// <threadsafety>Immutable; one policy may serve several schedulers.</threadsafety>
public sealed class ShrinkAndPerturbPolicy : IResetPolicy, IDescribed
{
    private readonly double _shrink;
    private readonly double _perturb;
    private readonly ParameterFilter _parameters;
    private readonly OptimizerStateReset _optimizerState;

    /// <summary>Makes a policy with the given options.</summary>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public ShrinkAndPerturbPolicy(ShrinkAndPerturbOptions? options = null)
    {
        options = OptionsValidator.Validate(options ?? new ShrinkAndPerturbOptions());
        _shrink = options.Shrink;
        _perturb = options.Perturb;
        _parameters = options.Parameters;
        _optimizerState = options.OptimizerState;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["shrink"] = _shrink,
        ["perturb"] = _perturb,
        ["parameters"] = _parameters.ToString(),
        ["optimizer_state"] = _optimizerState,
    };

    /// <inheritdoc/>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var chosen = _parameters.ResolveNamed(context.Model).Select(p => p.Name).ToHashSet(StringComparer.Ordinal); // tied weights have one name there
        foreach (var (moduleName, module) in context.Modules())
        {
            foreach (var (member, parameter) in module.named_parameters(recurse: false))
            {
                var name = moduleName.Length == 0 ? member : $"{moduleName}.{member}";
                if (chosen.Contains(name))
                {
                    var initializer = Initializer.ShrinkAndPerturb(_shrink, _perturb, Fresh(module, member, name));
                    context.Reset(parameter, ParameterSlice.All, initializer, _optimizerState);
                }
            }
        }
    }

    private static Initializer Fresh(nn.Module module, string member, string name) => LayerDefaults.InitializerOf(module, member)
        ?? throw new NotSupportedException(
            $"The default initialization of '{name}' ({module.GetType().Name}) is not known. Leave it out with "
            + $"{nameof(ShrinkAndPerturbOptions)}.{nameof(ShrinkAndPerturbOptions.Parameters)}.");
}
