using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>The memory of tensors on the CPU. libtorch never moves it, so an address is good for as long as the tensor lives.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>Where a contiguous tensor on the CPU begins.</summary>
    public static nint AddressOf(Tensor tensor)
    {
        fixed (byte* pointer = &MemoryMarshal.GetReference(tensor.bytes))
        {
            return (nint)pointer;
        }
    }

    /// <summary>
    /// Autograd refuses a backward pass through a tensor that was written since the forward pass. It cannot see what is
    /// written past it, but counts every operation in place on a tensor or an alias of it, so a cheap one tells it.
    /// </summary>
    public static void BumpVersionCounter(Tensor tensor)
    {
        using var alias = tensor.detach();
        using var same = alias.squeeze_();
    }
}
