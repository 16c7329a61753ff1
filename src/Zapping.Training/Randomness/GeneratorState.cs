using System.Buffers.Binary;
using static TorchSharp.torch;

namespace Zapping.Training.Randomness;

/// <summary>
/// Whether bytes are the state of libtorch's CPU generator (CPUGeneratorImplStateLegacy and mt19937 in its sources).
/// TorchSharp's <c>set_rng_state</c> lets libtorch's exception through native code, which ends the process, and what
/// libtorch does not check reads past the end of its array.
/// </summary>
internal static class GeneratorState
{
    private const int Words = 624;
    private const int LeftAt = sizeof(ulong);
    private const int SeededAt = LeftAt + sizeof(int);
    private const int NextAt = SeededAt + sizeof(int);

    /// <param name="state">Bytes, as many as <c>get_rng_state()</c> gives.</param>
    public static bool IsValid(Tensor state)
    {
        using var contiguous = state.contiguous();
        var bytes = contiguous.bytes;
        var left = BinaryPrimitives.ReadInt32LittleEndian(bytes[LeftAt..]);
        var seeded = BinaryPrimitives.ReadInt32LittleEndian(bytes[SeededAt..]);
        var next = BinaryPrimitives.ReadUInt64LittleEndian(bytes[NextAt..]);

        // left - 1 words are drawn from next on before there are new ones.
        return seeded == 1 && left is >= 1 and <= Words && next <= (ulong)(Words + 1 - left);
    }
}
