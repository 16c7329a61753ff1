using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Torch;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>
/// Hare and Tortoise: the network that is trained (the hare) returns every so often to a running average of itself (the tortoise), after Lee et al., "Slow and Steady Wins the Race: Maintaining Plasticity
/// with Hare and Tortoise Networks" (ICML 2024, arXiv 2406.02596): <c>tortoise = m · tortoise + (1 - m) · hare</c> after each step, for parameters and buffers. Run it at each step.
/// </summary>
/// <remarks>
/// <para>
/// The boundary before a step stands behind the step before it; the step that ends a run is averaged when training goes on. Buffers of whole numbers, such as counters, are copied. The running variance of the
/// tortoise is an average of variances, not the variance of the average network.
/// </para>
/// <para>
/// The released code lets both networks share memory for one step after a return, so that the tortoise moves with it; here values are copied. It also returns first after one epoch, then after each tenth;
/// here returns are evenly spaced. Other resets are averaged in like a step. The tortoise is saved in checkpoints.
/// </para>
/// </remarks>
/// <threadsafety>For one model and one scheduler.</threadsafety>
public sealed class HareAndTortoisePolicy : IStatefulResetPolicy, IDescribed, IDisposable
{
    private readonly HareAndTortoiseOptions _options;
    private readonly Dictionary<string, Tensor> _tortoise = new(StringComparer.Ordinal);
    private readonly Tensor _steps = zeros(1, ScalarType.Int64).DetachFromDisposeScope();

    /// <summary>Makes a policy whose tortoise begins where the model is now.</summary>
    /// <param name="model">The model that is trained, on its device.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public HareAndTortoisePolicy(nn.Module model, HareAndTortoiseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _options = OptionsValidator.Validate(options ?? new HareAndTortoiseOptions()) with { };
        using var noGrad = no_grad();
        foreach (var (name, values) in Hare(model))
        {
            _tortoise.Add(name, Averaged(values.detach()).clone().DetachFromDisposeScope());
        }

        State = [.. _tortoise.Select(own => KeyValuePair.Create(own.Key, own.Value)), new("steps", _steps)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> State { get; }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> StateOfPasses => [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["decay"] = _options.Decay,
        ["return_every"] = _options.ReturnEvery,
        ["optimizer_state"] = _options.OptimizerState,
    };

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The model has another parameter or another shape than when the policy was made.</exception>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        EnsureAlike(context.Model);
        var steps = _steps.item<long>();
        var returns = steps > 0 && steps % _options.ReturnEvery == 0;
        if (returns)
        {
            Return(context);
        }

        context.OnWritten(() =>
        {
            using Scalar next = steps + 1;
            _steps.fill_(next);
            if (steps > 0 && !returns)
            {
                Follow(context.Model);
            }
        });
    }

    /// <summary>Writes the tortoise into a model of the same kind, such as a copy that is evaluated.</summary>
    /// <param name="model">Its parameters and buffers take the tortoise's values.</param>
    /// <exception cref="InvalidOperationException">It has another parameter or another shape.</exception>
    public void CopyTo(nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        EnsureAlike(model);
        using var noGrad = no_grad();
        foreach (var (name, values) in Hare(model))
        {
            values.copy_(_tortoise[name]);
        }
    }

    /// <summary>Frees the tortoise.</summary>
    public void Dispose()
    {
        foreach (var values in _tortoise.Values.Append(_steps))
        {
            values.Dispose();
        }
    }

    // The average is made first; hare and tortoise then both have it.
    private void Return(ResetContext context)
    {
        using var noGrad = no_grad();
        var averages = Hare(context.Model).ToDictionary(own => own.Name, own => Average(_tortoise[own.Name].clone(), own.Values), StringComparer.Ordinal);

        foreach (var (name, parameter) in Trained(context.Model))
        {
            context.Reset(parameter, ParameterSlice.All, Initializer.Values(averages[name]), _options.OptimizerState);
        }

        foreach (var (path, module) in context.Modules())
        {
            foreach (var (member, _) in module.named_buffers(recurse: false))
            {
                context.ResetBuffer(module, member, averages[path.Length == 0 ? member : $"{path}.{member}"]);
            }
        }

        context.OnWritten(() =>
        {
            foreach (var (name, average) in averages)
            {
                _tortoise[name].copy_(average);
            }
        });
    }

    private void Follow(nn.Module model)
    {
        using var scope = NewDisposeScope();
        foreach (var (name, values) in Hare(model))
        {
            Average(_tortoise[name], values);
        }
    }

    // In place.
    private Tensor Average(Tensor tortoise, Tensor hare)
    {
        using Scalar share = 1 - _options.Decay;
        return tortoise.is_floating_point() ? tortoise.add_(hare.detach().Precise() - tortoise, alpha: share) : tortoise.copy_(hare);
    }

    private void EnsureAlike(nn.Module model)
    {
        foreach (var (name, values) in Hare(model))
        {
            if (!_tortoise.TryGetValue(name, out var own) || !own.shape.AsSpan().SequenceEqual(values.shape))
            {
                throw new InvalidOperationException(
                    $"'{name}' has shape [{string.Join(", ", values.shape)}], and the tortoise has {(own is null ? "none of that name" : $"[{string.Join(", ", own.shape)}]")}: "
                    + "the model has grown since the policy was made. Make a new policy for it, which begins from there.");
            }
        }
    }

    private static IEnumerable<(string Name, Parameter Parameter)> Trained(nn.Module model) =>
        model.named_parameters().Where(own => own.parameter.requires_grad).Select(own => (own.name, own.parameter));

    private static IEnumerable<(string Name, Tensor Values)> Hare(nn.Module model) =>
        Trained(model).Select(own => (own.Name, (Tensor)own.Parameter)).Concat(model.named_buffers().Select(own => (own.name, own.buffer)));

    // Counters are whole numbers, and stay so.
    private static Tensor Averaged(Tensor values) => values.is_floating_point() ? values.Precise() : values;
}
