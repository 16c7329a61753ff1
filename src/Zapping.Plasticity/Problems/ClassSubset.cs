using static TorchSharp.torch;

namespace Zapping.Plasticity.Problems;

/// <summary>Images of some classes, whose labels count from 0.</summary>
internal static class ClassSubset
{
    /// <param name="inputs">[n, …].</param>
    /// <param name="labels">[n].</param>
    /// <param name="classes">[k]: which; the first becomes label 0.</param>
    public static (Tensor Inputs, Tensor Labels) Of(Tensor inputs, Tensor labels, Tensor classes)
    {
        var hits = labels.unsqueeze(1).eq(classes.unsqueeze(0)); // [n, k]
        var chosen = hits.any(1).nonzero().reshape(-1);
        return (inputs.index_select(0, chosen), hits.index_select(0, chosen).to(ScalarType.Int64).argmax(1));
    }
}
