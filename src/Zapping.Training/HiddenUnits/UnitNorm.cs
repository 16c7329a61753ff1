using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.HiddenUnits;

/// <summary>A normalization with one scale, shift and running statistic for each of its channels.</summary>
public sealed class UnitNorm
{
    private UnitNorm(string name, nn.Module<Tensor, Tensor> module) => (Name, Module) = (name, module);

    /// <summary>Dotted name in the model.</summary>
    public string Name { get; }

    /// <summary>The layer itself.</summary>
    public nn.Module<Tensor, Tensor> Module { get; }

    /// <summary>The normalization of a module; null if it is none.</summary>
    /// <param name="name">The module's name in the model.</param>
    /// <param name="module">The module.</param>
    /// <param name="isStated">Whether the caller says that it is one.</param>
    /// <exception cref="ArgumentException">It is said to be one, but has other parameters than scale and shift.</exception>
    internal static UnitNorm? Of(string name, nn.Module module, bool isStated) => module switch
    {
        NormBase or GroupNorm or LayerNorm { normalized_shape.Length: 1 } => new UnitNorm(name, (nn.Module<Tensor, Tensor>)module),
        nn.Module<Tensor, Tensor> stated when isStated => module.named_parameters(recurse: false).All(p => p.name is "weight" or "bias" && p.parameter.dim() == 1)
            ? new UnitNorm(name, stated)
            : throw new ArgumentException(
                $"'{name}' ({ModuleName.Of(module)}) is said to be a normalization, but has parameters other than a weight and a bias of one dimension."),
        _ => null,
    };

    /// <summary>The dimension of an input [n, …] that counts channels.</summary>
    internal int UnitDimension(Tensor values) => Module is LayerNorm ? checked((int)values.dim()) - 1 : 1;
}
