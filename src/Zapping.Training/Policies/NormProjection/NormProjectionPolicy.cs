using TorchSharp;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>
/// Norm projection (NaP): scales each weight W to the Frobenius norm n_0 that it had at the start, <c>W · n_0 / ||W||</c>, after Lyle et al., "Normalization and effective learning rates in reinforcement
/// learning" (NeurIPS 2024, arXiv 2407.01800). With <see cref="NormProjectionOptions.Strength"/> below 1 it is the soft form, which goes a share of the way. Run it at each step.
/// </summary>
/// <remarks>
/// <para>
/// In a network whose nonlinearities have a normalization in front of them the function does not change, and the effective learning rate no longer falls as weights grow. Scales and shifts of
/// normalizations are not projected here. Soft weight rescaling, as published, also scales biases by the product of the factors of earlier layers; here biases stay.
/// </para>
/// <para>
/// n_0 is that of the moment in which the policy is made. It is kept when other resets change the weight. A weight whose norm is zero stays. A step is projected at the boundary of the next one.
/// </para>
/// </remarks>
/// <threadsafety>For one model and one scheduler.</threadsafety>
public sealed class NormProjectionPolicy : IStatefulResetPolicy, IDescribed, IDisposable
{
    private readonly NormProjectionOptions _options;
    private readonly Dictionary<string, Tensor> _norms = new(StringComparer.Ordinal);

    /// <summary>Makes a policy with the given options, and takes the norms of the weights.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    /// <exception cref="InvalidOperationException">No weight is chosen.</exception>
    public NormProjectionPolicy(nn.Module model, NormProjectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _options = OptionsValidator.Validate(options ?? new NormProjectionOptions()) with { };
        foreach (var own in Weights(model))
        {
            _norms.Add(own.Name, NormOf(own.Parameter));
        }

        if (_norms.Count == 0)
        {
            throw new InvalidOperationException($"No weight of a linear layer or a convolution is chosen. Choose others with {nameof(NormProjectionOptions)}.{nameof(NormProjectionOptions.Parameters)}.");
        }

        State = [.. _norms.Select(own => KeyValuePair.Create($"{own.Key}.norm", own.Value))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> State { get; }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> StateOfPasses => [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["strength"] = _options.Strength,
        ["parameters"] = _options.Parameters.ToString(),
        ["optimizer_state"] = _options.OptimizerState,
    };

    /// <inheritdoc/>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var own in Weights(context.Model))
        {
            var norm = _norms.GetValueOrDefault(own.Name)
                ?? throw new InvalidOperationException($"The weight '{own.Name}' is new since the policy was made, so its initial norm is not known. Make the policy afterwards.");
            context.Reset(own.Parameter, ParameterSlice.All, Initializer.Map("NormProjection", values => Project(values, norm), staysFinite: true), _options.OptimizerState);
        }
    }

    /// <summary>Frees the norms.</summary>
    public void Dispose()
    {
        foreach (var norm in _norms.Values)
        {
            norm.Dispose();
        }
    }

    private IEnumerable<LayerParameter> Weights(nn.Module model) => LayerParameter.Of(model, _options.Parameters).Where(own => own.IsMatrix);

    private static Tensor NormOf(Tensor weight)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return weight.detach().to(ScalarType.Float64).norm().DetachFromDisposeScope();
    }

    // The host does not look at the numbers, for which a GPU would be waited for. A norm of zero gives a factor that is none.
    private void Project(Tensor values, Tensor initial)
    {
        using Scalar nothing = 0;
        using Scalar drawn = _options.Strength;
        using Scalar kept = 1 - _options.Strength;
        var norm = values.to(ScalarType.Float64).norm();
        var factor = initial.mul(drawn).add(norm, alpha: kept) / norm;
        values.mul_(factor.where(norm.gt(nothing), ones_like(factor)).to(values.dtype));
    }
}
