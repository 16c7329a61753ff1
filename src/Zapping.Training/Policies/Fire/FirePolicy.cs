using TorchSharp.Modules;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;

namespace Zapping.Training.Policies;

/// <summary>
/// FIRE: moves each weight matrix W to the nearest isometry, <c>W (W^T W)^(-1/2)</c>, scaled by sqrt(outputs / inputs), after Han et al., "FIRE: Frobenius-Isometry Reinitialization for Balancing the
/// Stability-Plasticity Tradeoff" (ICLR 2026, arXiv 2602.08040). Of all well-conditioned matrices it is the one that is least far from W.
/// </summary>
/// <remarks>
/// <para>
/// The polar factor is approximated as in the released code (isaac7778/FIRE): <c>X = W / ||W||_F</c>, then some times <c>X = 1.5 X - 0.5 X X^T X</c>. A kernel of k positions is k matrices, each moved by
/// itself and divided by k. Biases, normalizations and running statistics stay, and so do weights of grouped and depthwise convolutions, whose matrices are single columns. Directions of length zero stay zero:
/// a unit whose weights are all zero is not revived.
/// </para>
/// <para>The logits of a classifier become small, so accuracy falls right after the reset, and comes back with training.</para>
/// </remarks>
/// <threadsafety>Immutable; one policy may serve several schedulers.</threadsafety>
public sealed class FirePolicy : IResetPolicy, IDescribed
{
    private readonly FireOptions _options;
    private readonly Initializer _isometry;

    /// <summary>Makes a policy with the given options.</summary>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public FirePolicy(FireOptions? options = null)
    {
        _options = OptionsValidator.Validate(options ?? new FireOptions()) with { };
        _isometry = Initializer.Map("Isometry", weight => Isometry.Project(weight, _options.Iterations, _options.Scale));
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["iterations"] = _options.Iterations,
        ["scale"] = _options.Scale,
        ["parameters"] = _options.Parameters.ToString(),
        ["allow_shared_weights"] = _options.AllowSharedWeights,
        ["optimizer_state"] = _options.OptimizerState,
    };

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A weight is shared with another layer, or there is no weight to move.</exception>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var weights = LayerParameter.Of(context.Model, _options.Parameters).Where(own => own.IsMatrix && own.Module is not Convolution { groups: > 1 }).ToList();
        if (weights.Count == 0)
        {
            throw new InvalidOperationException(
                $"The model has no weight of a linear layer or an ungrouped convolution that FIRE could move. Choose others with {nameof(FireOptions)}.{nameof(FireOptions.Parameters)}.");
        }

        foreach (var own in weights)
        {
            if (!_options.AllowSharedWeights)
            {
                context.EnsureNotShared(own.Parameter, $" Set {nameof(FireOptions)}.{nameof(FireOptions.AllowSharedWeights)} if that is meant.");
            }

            context.Reset(own.Parameter, ParameterSlice.All, _isometry, _options.OptimizerState);
        }
    }
}
