using TorchSharp;
using Zapping.Training.Randomness;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Parameters;

/// <summary>Draws values for rows straight into the memory of a parameter.</summary>
internal static unsafe class RowFill
{
    // libtorch's threads spin for some milliseconds after each of its operations, and ours have no processor to run on in
    // the meantime, so a head of usual size is done sooner by the calling thread alone.
    private const long ManyValues = 1 << 22;
    private const long PieceLength = 1 << 16;

    /// <summary>Whether <see cref="Fill(Tensor, ParameterSlice, Distribution, Philox)"/> can write these entries where they lie.</summary>
    public static bool CanFill(Tensor tensor, ParameterSlice slice) =>
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
    public static void Fill(Tensor tensor, ParameterSlice slice, Distribution distribution, Philox generator)
    {
        var memory = (float*)TensorMemory.AddressOf(tensor);
        var height = tensor.size(0);
        var rowLength = tensor.numel() / height;
        var count = slice.CountOf([height]) * rowLength;
        var length = slice.IsRun ? count : rowLength; // neighbors are one long row
        var rows = slice.Indices;
        if (count <= ManyValues)
        {
            FillPart(0, count);
        }
        else
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
            Parallel.For(0, (count + PieceLength - 1) / PieceLength, options, piece =>
                FillPart(piece * PieceLength, Math.Min((piece + 1) * PieceLength, count)));
        }

        void FillPart(long from, long to)
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
}
