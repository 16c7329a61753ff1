using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>A normalisation with one scale, shift and running statistic for each of its channels.</summary>
internal sealed class UnitNorm
{
    private UnitNorm(string name, nn.Module<Tensor, Tensor> module) => (Name, Module) = (name, module);

    public string Name { get; }

    public nn.Module<Tensor, Tensor> Module { get; }

    /// <summary>The normalisation of a module; null if it is none that is known.</summary>
    public static UnitNorm? Of(string name, nn.Module module) => module switch
    {
        NormBase or GroupNorm or LayerNorm { normalized_shape.Length: 1 } => new UnitNorm(name, (nn.Module<Tensor, Tensor>)module),
        _ => null,
    };

    /// <summary>The dimension of an input [n, …] that counts channels.</summary>
    public int UnitDimension(Tensor values) => Module is LayerNorm ? checked((int)values.dim()) - 1 : 1;
}
