using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Parameters;

/// <summary>Copies of a model's parameters at one moment, to rewind to.</summary>
public sealed class ParameterSnapshot : IDisposable
{
    private readonly Dictionary<string, Tensor> _values = new(StringComparer.Ordinal);

    private ParameterSnapshot()
    {
    }

    internal Tensor this[string name] => _values[name];

    /// <summary>Copies every parameter of a model, on its device.</summary>
    /// <param name="model">The model; it is not changed.</param>
    public static ParameterSnapshot Capture(nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var snapshot = new ParameterSnapshot();
        foreach (var (name, parameter) in model.named_parameters())
        {
            snapshot._values.Add(name, parameter.detach().clone().DetachFromDisposeScope());
        }

        return snapshot;
    }

    /// <summary>How many parameters it holds, and their L2 norm, by which a resume tells it from another one.</summary>
    public override string ToString()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var squares = _values.Values.Select(value => value.to(ScalarType.Float64).norm().item<double>()).Sum(norm => norm * norm);
        return FormattableString.Invariant($"snapshot of {_values.Count} parameters, L2 norm {Math.Sqrt(squares):r}");
    }

    /// <summary>Frees the copies.</summary>
    public void Dispose()
    {
        foreach (var value in _values.Values)
        {
            value.Dispose();
        }
    }

    internal void EnsureHolds(Parameter parameter, string name)
    {
        if (!_values.TryGetValue(name, out var value))
        {
            throw new ArgumentException(
                $"The snapshot has no parameter '{name}'; it holds {string.Join(", ", _values.Keys)}.", nameof(parameter));
        }

        ObjectDisposedException.ThrowIf(value.IsInvalid, this);
        if (!value.shape.AsSpan().SequenceEqual(parameter.shape))
        {
            throw new ArgumentException(
                $"Parameter '{name}' has shape [{string.Join(", ", parameter.shape)}], "
                + $"but had [{string.Join(", ", value.shape)}] when the snapshot was taken.",
                nameof(parameter));
        }
    }
}
