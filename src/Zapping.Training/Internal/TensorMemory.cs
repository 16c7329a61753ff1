using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>The memory of tensors on the CPU. libtorch never moves it, so an address is good for as long as the tensor lives.</summary>
internal static unsafe class TensorMemory
{
    // libtorch's threads spin for some milliseconds after each of its operations, and ours have no processor to run on in
    // the meantime, so a head of usual size is done sooner by the calling thread alone.
    private const long ManyValues = 1 << 22;
    private const long PieceLength = 1 << 16;

    /// <summary>Where a contiguous tensor on the CPU begins.</summary>
    public static nint AddressOf(Tensor tensor)
    {
        fixed (byte* pointer = &MemoryMarshal.GetReference(tensor.bytes))
        {
            return (nint)pointer;
        }
    }

    /// <summary>Whether <see cref="FillRows"/> can write these entries where they lie.</summary>
    public static bool Reaches(Tensor tensor, ParameterSlice slice) =>
        slice.IsOfRows
        && tensor.device_type == DeviceType.CPU
        && tensor.dtype == ScalarType.Float32
        && tensor.dim() > 0
        && tensor.numel() is > 0 and <= int.MaxValue / sizeof(float) // more than TorchSharp gives a span of
        && tensor.is_contiguous();

    /// <summary>
    /// Fills rows where they lie: no scratch, no index tensor, one pass over memory. A value is a function of its
    /// position in the slice, so the pieces may be made in any order and by any number of threads.
    /// </summary>
    public static void FillRows(Tensor tensor, ParameterSlice slice, Distribution distribution, Philox generator)
    {
        var memory = (float*)AddressOf(tensor);
        var height = tensor.size(0);
        var rowLength = tensor.numel() / height;
        var count = slice.CountOf([height]) * rowLength;
        var length = slice.IsRun ? count : rowLength; // neighbours are one long row
        var rows = slice.Indices;
        if (count <= ManyValues)
        {
            Fill(0, count);
        }
        else
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
            Parallel.For(0, (count + PieceLength - 1) / PieceLength, options, piece =>
                Fill(piece * PieceLength, Math.Min((piece + 1) * PieceLength, count)));
        }

        void Fill(long from, long to)
        {
            while (from < to)
            {
                var (row, within) = Math.DivRem(from, length);
                var part = Math.Min(length - within, to - from);
                distribution.Fill(new Span<float>(memory + (rows[row] * rowLength) + within, (int)part), generator, from);
                from += part;
            }
        }
    }

    /// <summary>
    /// Autograd refuses a backward pass through a tensor that was written since the forward pass. It cannot see what is
    /// written past it, but counts every operation in place on a tensor or an alias of it, so a cheap one tells it.
    /// </summary>
    public static void TellAutograd(Tensor tensor)
    {
        using var alias = tensor.detach();
        using var same = alias.squeeze_();
    }
}
