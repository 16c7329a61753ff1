using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Zapping.Training.Safetensors;

/// <summary>Moves the bytes of contiguous CPU tensors, of more than 2 GB too, without a managed copy of the whole.</summary>
internal static class TensorBytes
{
    // Streams that know no spans copy each piece once more; this keeps that copy small.
    private const int PieceLength = 1 << 20;

    public static void Write(Tensor tensor, Stream stream) => Pieces(tensor, piece => stream.Write(piece));

    /// <exception cref="EndOfStreamException">The stream ends too early.</exception>
    public static void Read(Tensor tensor, Stream stream) => Pieces(tensor, stream.ReadExactly);

    /// <summary>Whether every byte is 0 or 1; anything else in a tensor of booleans is undefined behavior in libtorch.</summary>
    public static bool AreBooleans(Tensor tensor)
    {
        var all = true;
        Pieces(tensor, piece => all &= piece.IndexOfAnyExceptInRange((byte)0, (byte)1) < 0);
        return all;
    }

    private static unsafe void Pieces(Tensor tensor, SpanAction use)
    {
        var length = tensor.numel() * tensor.ElementSize;
        if (length == 0)
        {
            return;
        }

        // The span of all bytes is limited to 2 GB, that of the first element is not.
        using var flat = tensor.flatten();
        using var first = flat.narrow(0, 0, 1);
        fixed (byte* start = &MemoryMarshal.GetReference(first.bytes))
        {
            for (long at = 0; at < length; at += PieceLength)
            {
                use(new Span<byte>(start + at, (int)Math.Min(PieceLength, length - at)));
            }
        }
    }

    private delegate void SpanAction(Span<byte> piece);
}
