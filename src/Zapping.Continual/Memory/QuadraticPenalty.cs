using TorchSharp;
using Zapping.Training.Steps;
using static TorchSharp.torch;

namespace Zapping.Continual.Memory;

/// <summary>
/// Σ_i Ω_i (θ_i − θ*_i)² over a model's parameters: how far they are from where they were, weighted by how much they mattered. Parameters that have grown since are held in the rows of then.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class QuadraticPenalty : ITrainingMemory, IDisposable
{
    private const string Anchors = "anchor.";
    private const string Importances = "importance.";

    private readonly Dictionary<string, (Tensor Anchor, Tensor Importance)> _held = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name { get; init; } = "penalty";

    /// <summary>Whether nothing has been consolidated.</summary>
    public bool IsEmpty => _held.Count == 0;

    /// <summary>The value, a scalar that can be differentiated, in the current dispose scope.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="InvalidOperationException">Nothing has been consolidated.</exception>
    public Tensor Value(nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        var terms = new List<Tensor>();
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (_held.TryGetValue(name, out var held))
            {
                var moved = Rows(parameter, held.Anchor) - held.Anchor;
                terms.Add((held.Importance * moved * moved).sum());
            }
        }

        return terms.Count > 0 ? stack(terms).sum().MoveToOuterDisposeScope() : throw new InvalidOperationException("Nothing has been consolidated, so nothing is held.");
    }

    /// <summary>2 Ω (θ − θ*): the gradient by a parameter, with zeros in rows that have grown since; a new tensor in the current dispose scope. Null if it is not held.</summary>
    /// <param name="name">Of the parameter.</param>
    /// <param name="parameter">It.</param>
    public Tensor? Gradient(string name, Tensor parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (!_held.TryGetValue(name, out var held))
        {
            return null;
        }

        using Scalar two = 2;
        var gradient = zeros_like(parameter);
        Rows(gradient, held.Anchor).copy_((Rows(parameter.detach(), held.Anchor) - held.Anchor) * held.Importance * two);
        return gradient;
    }

    /// <summary>Anchors the parameters where they are, and adds to their importance.</summary>
    /// <param name="model">The model.</param>
    /// <param name="importance">By names of parameters, at least 0, in their shapes; parameters without one are not held.</param>
    /// <param name="decay">The factor of the importance of before, from 0 to 1.</param>
    /// <exception cref="InvalidOperationException">An importance is not finite; nothing has been changed.</exception>
    public void Consolidate(nn.Module model, IReadOnlyDictionary<string, Tensor> importance, double decay = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(importance);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if (importance.FirstOrDefault(own => !own.Value.isfinite().all().item<bool>()) is { Key: { } name })
        {
            throw new InvalidOperationException($"The importance of '{name}' is NaN or infinite: look at the learning rate.");
        }

        using Scalar factor = decay;
        foreach (var (own, parameter) in model.named_parameters())
        {
            if (importance.TryGetValue(own, out var more))
            {
                var sum = more.detach().clone();
                if (_held.TryGetValue(own, out var held))
                {
                    Rows(sum, held.Importance).add_(held.Importance, factor);
                    Free(held);
                }

                _held[own] = (parameter.detach().clone().DetachFromDisposeScope(), sum.DetachFromDisposeScope());
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() =>
        [.. _held.SelectMany(own => new KeyValuePair<string, Tensor>[] { new(Anchors + own.Key, own.Value.Anchor), new(Importances + own.Key, own.Value.Importance) })];

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        string[] names = [.. saved.Keys.Where(key => key.StartsWith(Anchors, StringComparison.Ordinal)).Select(key => key[Anchors.Length..])];
        if (2 * names.Length != saved.Count || names.Any(name => !saved.TryGetValue(Importances + name, out var importance) || !importance.shape.SequenceEqual(saved[Anchors + name].shape)))
        {
            throw new InvalidDataException("its penalty is not what was saved.");
        }

        Dispose();
        foreach (var name in names)
        {
            _held[name] = (saved[Anchors + name].clone().DetachFromDisposeScope(), saved[Importances + name].clone().DetachFromDisposeScope());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, held) in _held)
        {
            Free(held);
        }

        _held.Clear();
    }

    private static void Free((Tensor Anchor, Tensor Importance) held)
    {
        held.Anchor.Dispose();
        held.Importance.Dispose();
    }

    private static Tensor Rows(Tensor values, Tensor then) => values.dim() == 0 || values.size(0) == then.size(0) ? values : values.narrow(0, 0, then.size(0));
}
