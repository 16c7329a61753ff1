using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Heads;

/// <summary>The linear layer that a classifier's parameters belong to.</summary>
internal static class HeadLayer
{
    /// <exception cref="NotSupportedException">The classifier is no <see cref="Linear"/>.</exception>
    public static Linear Find(nn.Module model, HeadSelector selector) => TryFind(model, selector.Find(model))
        ?? throw new NotSupportedException(
            $"The classifier of {ModuleName.Of(model)} is no Linear layer of it, so its inputs cannot be taken for features.");

    public static Linear? TryFind(nn.Module model, Head head)
    {
        foreach (var (_, module) in ParameterCatalog.Modules(model))
        {
            if (module is Linear linear && TensorIdentity.Same(linear.weight, head.Weight))
            {
                return linear;
            }
        }

        return null;
    }
}
