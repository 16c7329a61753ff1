using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>A layer with a weight, which reads the units of the layer before it.</summary>
internal sealed record ReadingLayer(string Name, nn.Module<Tensor, Tensor> Module)
{
    /// <summary>The model's linear layers and convolutions.</summary>
    /// <param name="model">The model.</param>
    /// <param name="names">Which of them; null: all.</param>
    /// <exception cref="ArgumentException">None is selected.</exception>
    public static IReadOnlyList<ReadingLayer> Select(nn.Module model, Func<string, bool>? names)
    {
        var all = ParameterCatalog.Modules(model)
            .Where(m => m.Module is Linear or Conv1d or Conv2d or Conv3d)
            .DistinctBy(m => m.Module, ReferenceEqualityComparer.Instance)
            .Select(m => new ReadingLayer(m.Name, (nn.Module<Tensor, Tensor>)m.Module))
            .ToList();
        var selected = all.Where(layer => names?.Invoke(layer.Name) ?? true).ToList();
        return selected.Count > 0
            ? selected
            : throw new ArgumentException(
                $"No layer of {model.GetName()} is selected; it has {string.Join(", ", all.Select(layer => $"'{layer.Name}'"))}.", nameof(names));
    }

    /// <summary>The dimension of an input [n, …] that counts units.</summary>
    public int UnitDimension(Tensor inputs) => Module is Linear ? checked((int)inputs.dim()) - 1 : 1;
}
