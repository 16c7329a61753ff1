using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;

namespace Zapping.Training;

/// <summary>
/// Shrinks parameters towards zero and adds a little of a fresh initialization, after Ash and Adams, "On
/// warm-starting neural network training" (NeurIPS 2020): <c>shrink * current + perturb * fresh</c>. With <see cref="ShrinkAndPerturbOptions.Toward"/> it goes back to
/// values of before instead, as several later comparisons do under the same name: <c>(1 - c) * current + c * initial</c>.
/// </summary>
/// <threadsafety>Immutable; one policy may serve several schedulers.</threadsafety>
public sealed class ShrinkAndPerturbPolicy : IResetPolicy, IDescribed
{
    private readonly double _shrink;
    private readonly double _perturb;
    private readonly ParameterFilter _parameters;
    private readonly OptimizerStateReset _optimizerState;
    private readonly ParameterSnapshot? _toward;

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
        _toward = options.Toward;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["shrink"] = _shrink,
        ["perturb"] = _perturb,
        ["parameters"] = _parameters.ToString(),
        ["optimizer_state"] = _optimizerState,
        ["toward"] = _toward?.ToString() ?? "fresh",
    };

    /// <inheritdoc/>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var own in LayerParameter.Of(context.Model, _parameters))
        {
            var aim = _toward is null ? own.Default : Initializer.RewindTo(_toward);
            context.Reset(own.Parameter, ParameterSlice.All, Initializer.ShrinkAndPerturb(_shrink, _perturb, aim), _optimizerState);
        }
    }
}
