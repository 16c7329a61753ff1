using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>
/// Which tensor one is. Native modules such as Embedding, and TorchScript, hand out a new object with a new handle for the same parameter each time, so objects and
/// handles do not tell: two tensors are one if they have the same memory.
/// </summary>
/// <param name="Place">Address of the first entry on its device; the handle where nothing is stored.</param>
/// <param name="Count">How many entries.</param>
internal readonly record struct TensorIdentity(nint Place, long Count)
{
    /// <param name="tensor">Not disposed of. An identity is good until its memory is exchanged, as by .to() and by growth.</param>
    public static TensorIdentity Of(Tensor tensor) => tensor.numel() is var count and > 0
        ? new(AddressOf(tensor), count)
        : new(tensor.Handle, 0);

    public static bool Same(Tensor a, Tensor b) => !a.IsInvalid && !b.IsInvalid && (a.Handle == b.Handle || Of(a) == Of(b));

    private static nint AddressOf(Tensor tensor)
    {
        if (tensor.device_type == DeviceType.CPU && tensor.is_contiguous())
        {
            return TensorMemory.AddressOf(tensor);
        }

        // TorchSharp copies what is of another type than is asked for, so other types are not reached, and their handles have to do.
        using var scope = NewDisposeScope();
        return tensor.dtype switch
        {
            ScalarType.Float32 => tensor.storage<float>().data_ptr() + (nint)(tensor.storage_offset() * sizeof(float)),
            ScalarType.Float64 => tensor.storage<double>().data_ptr() + (nint)(tensor.storage_offset() * sizeof(double)),
            _ => tensor.Handle,
        };
    }
}
