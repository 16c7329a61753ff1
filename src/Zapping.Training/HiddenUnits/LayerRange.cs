using static TorchSharp.torch;

namespace Zapping.Training.HiddenUnits;

/// <summary>Which of the layers of a model, in the order in which it calls them, are its later ones.</summary>
public abstract class LayerRange
{
    /// <summary>The last linear layers and convolutions, and what is called in between and after, such as normalizations.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    public static LayerRange Last(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return new LastLayers(count);
    }

    /// <summary>A layer, and all that is called after it.</summary>
    /// <param name="layer">
    /// Its dotted name, as in <c>named_modules()</c>; of a module that has others in it, the first of them to be called counts.
    /// </param>
    public static LayerRange From(string layer)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(layer);
        return new FromLayer(layer);
    }

    /// <summary>Finds the layers of a model by a forward pass in eval mode, which changes nothing.</summary>
    /// <param name="model">The model.</param>
    /// <param name="exampleInput">Inputs [n, …] on its device.</param>
    /// <returns>Layers with parameters or buffers of their own, with dotted names, in the order in which the model calls them.</returns>
    /// <exception cref="ArgumentException">There is no such range.</exception>
    /// <exception cref="NotSupportedException">A module has parameters, but no call of it is seen; the message names it.</exception>
    public IReadOnlyList<(string Name, nn.Module Module)> Find(nn.Module<Tensor, Tensor> model, Tensor exampleInput)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(exampleInput);
        return [.. Of(CallOrder.Of(model, exampleInput))];
    }

    private protected abstract IEnumerable<(string Name, nn.Module Module)> Of(IReadOnlyList<(string Name, nn.Module Module)> called);

    private sealed class LastLayers(int count) : LayerRange
    {
        public override string ToString() => FormattableString.Invariant($"{nameof(Last)}({count})");

        private protected override IEnumerable<(string Name, nn.Module Module)> Of(IReadOnlyList<(string Name, nn.Module Module)> called)
        {
            var weighted = Enumerable.Range(0, called.Count).Where(i => UnitLayer.Of(called[i].Name, called[i].Module) is not null).ToList();
            return count <= weighted.Count
                ? called.Skip(weighted[^count])
                : throw new ArgumentException($"The last {count} layers were asked for, but the model has only {weighted.Count} linear layers and convolutions.");
        }
    }

    private sealed class FromLayer(string layer) : LayerRange
    {
        public override string ToString() => $"{nameof(From)}({layer})";

        private protected override IEnumerable<(string Name, nn.Module Module)> Of(IReadOnlyList<(string Name, nn.Module Module)> called)
        {
            var later = called.SkipWhile(m => m.Name != layer && !m.Name.StartsWith(layer + ".", StringComparison.Ordinal)).ToList();
            return later.Count > 0
                ? later
                : throw new ArgumentException($"The model calls no layer '{layer}' with parameters; it calls {string.Join(", ", called.Select(m => $"'{m.Name}'"))}.");
        }
    }
}
