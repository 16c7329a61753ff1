using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Heads;

/// <summary>A growth that has been made, and can be taken back for as long as this is not disposed of.</summary>
/// <param name="memory">Each tensor with the memory that it had.</param>
/// <param name="layer">The layer that counts its units, if there is one.</param>
/// <param name="units">How many it had.</param>
internal sealed class GrownHead(IReadOnlyList<(Tensor Own, Tensor Before)> memory, Linear? layer, int units) : IDisposable
{
    /// <summary>Takes the new units away again, with all that was learned in them; gradients are cleared.</summary>
    public void Undo()
    {
        using var noGrad = no_grad();
        foreach (var (own, before) in memory)
        {
            own.set_(before);
            if (own is Parameter parameter)
            {
                parameter.grad = null;
            }
        }

        if (layer is not null)
        {
            layer.out_features = units;
        }
    }

    public void Dispose()
    {
        foreach (var (_, before) in memory)
        {
            before.Dispose();
        }
    }
}
