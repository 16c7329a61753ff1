using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>Where tensors are.</summary>
internal static class TensorPlace
{
    /// <summary>Whether two tensors are on the same device; TorchSharp's devices are objects, which differ though they mean the same.</summary>
    public static bool Same(Tensor a, Tensor b) => a.device_type == b.device_type && a.device_index == b.device_index;
}
