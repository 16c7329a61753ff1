using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace CustomPolicy;

/// <summary>
/// Draws the rows of a weight anew that have the smallest L2 norm. A fresh row is small too, so it is then left alone for some resets:
/// the policy remembers for how many.
/// </summary>
public sealed class WeakestRowsPolicy : IStatefulResetPolicy, IDescribed, IDisposable
{
    private readonly WeakestRowsOptions _options;
    private readonly Tensor _rest;

    /// <summary>Makes a policy for one model and one scheduler.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    public WeakestRowsPolicy(nn.Module model, WeakestRowsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _options = OptionsValidator.Validate(options ?? new WeakestRowsOptions()) with { };
        var weight = model.get_parameter(_options.Parameter)
            ?? throw new ArgumentException($"The model has no parameter '{_options.Parameter}': name another with {nameof(WeakestRowsOptions.Parameter)}.", nameof(options));
        _rest = zeros(weight.shape[0], ScalarType.Int64).DetachFromDisposeScope();
        State = [new("rest", _rest)];
        Description = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["parameter"] = _options.Parameter,
            ["count"] = _options.Count,
            ["rest"] = _options.Rest,
            ["weights"] = _options.Weights.ToString(),
            ["optimizer_state"] = _options.OptimizerState,
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> State { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description { get; }

    /// <inheritdoc/>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();

        // Looked up now: what .to() or an assignment has replaced since would be another object.
        var weight = context.Parameter(_options.Parameter);
        context.EnsureNotShared(weight);
        var norms = weight.to(ScalarType.Float64).cpu().flatten(1).norm(1).data<double>().ToArray();
        var rest = _rest.data<long>().ToArray();
        int[] rows = [.. Enumerable.Range(0, rest.Length).Where(row => rest[row] == 0).OrderBy(row => norms[row]).Take(_options.Count).Order()];
        if (rows.Length > 0)
        {
            context.Reset(weight, ParameterSlice.Rows(rows), _options.Weights, _options.OptimizerState);
        }

        long[] next = [.. rest.Select((left, row) => rows.Contains(row) ? _options.Rest : Math.Max(0, left - 1))];
        context.OnWritten(() => Remember(next));
    }

    /// <inheritdoc/>
    public void Dispose() => _rest.Dispose();

    private void Remember(long[] rest)
    {
        using var values = tensor(rest);
        _rest.copy_(values);
    }
}
