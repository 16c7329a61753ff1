using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.HiddenUnits;

/// <summary>A layer with a weight: rows are its units, columns its inputs. Parameters are looked up at each call, because they get replaced.</summary>
public sealed class UnitLayer
{
    private UnitLayer(string name, nn.Module<Tensor, Tensor> module) => (Name, Module) = (name, module);

    /// <summary>Dotted name in the model.</summary>
    public string Name { get; }

    /// <summary>The layer itself.</summary>
    public nn.Module<Tensor, Tensor> Module { get; }

    /// <summary>[units, inputs, …] as it is now.</summary>
    public Parameter Weight => Module is Linear linear ? linear.weight : ((Convolution)Module).weight!;

    /// <summary>[units] as it is now, if there is one.</summary>
    public Parameter? Bias => Module is Linear linear ? linear.bias : ((Convolution)Module).bias;

    /// <summary>Output units.</summary>
    public int UnitCount => checked((int)Weight.size(0));

    /// <summary>Whether a column of the weight is one input for all units, which grouped convolutions do not have.</summary>
    internal bool HasSharedColumns => Module is not Convolution { groups: > 1 };

    /// <summary>The layer of a module; null if it is no linear layer and no convolution.</summary>
    internal static UnitLayer? Of(string name, nn.Module module) => module switch
    {
        Linear linear => new UnitLayer(name, linear),
        Conv1d or Conv2d or Conv3d => new UnitLayer(name, (Convolution)module),
        _ => null,
    };

    /// <summary>The model's linear layers and convolutions.</summary>
    /// <param name="model">The model.</param>
    /// <param name="names">Which of them; null: all.</param>
    /// <exception cref="ArgumentException">None is selected.</exception>
    internal static IReadOnlyList<UnitLayer> Select(nn.Module model, Func<string, bool>? names)
    {
        var all = ParameterCatalog.DistinctModules(model).Select(m => Of(m.Name, m.Module)).OfType<UnitLayer>().ToList();
        var selected = all.FindAll(layer => names?.Invoke(layer.Name) ?? true);
        return selected.Count > 0
            ? selected
            : throw new ArgumentException(
                $"No layer of {ModuleName.Of(model)} is selected; it has {string.Join(", ", all.Select(layer => $"'{layer.Name}'"))}.", nameof(names));
    }

    /// <summary>The dimension of an input or output [n, …] that counts inputs or units.</summary>
    internal int UnitDimension(Tensor values) => Module is Linear ? checked((int)values.dim()) - 1 : 1;
}
