using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Zapping.Training.Randomness;

/// <summary>
/// Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3"
/// (SC 2011). A number is a function of (key, stream, position) and of nothing else, so equal seeds give equal
/// bits on every machine, whatever was drawn before.
/// </summary>
/// <param name="key">Two key words.</param>
/// <param name="stream">The upper two counter words; the lower two count blocks of four numbers.</param>
internal readonly struct Philox(ulong key, ulong stream)
{
    private const int Rounds = 10;
    private const ulong M0 = 0xD2511F53;
    private const ulong M1 = 0xCD9E8D57;
    private const uint W0 = 0x9E3779B9;
    private const uint W1 = 0xBB67AE85;

    /// <summary>The four numbers of one block.</summary>
    public (uint X, uint Y, uint Z, uint W) Block(ulong index)
    {
        var (x, y, z, w) = ((uint)index, (uint)(index >> 32), (uint)stream, (uint)(stream >> 32));
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var (p0, p1) = (x * M0, z * M1);
            (x, y, z, w) = ((uint)(p1 >> 32) ^ y ^ k0, (uint)p1, (uint)(p0 >> 32) ^ w ^ k1, (uint)p0);
            (k0, k1) = unchecked((k0 + W0, k1 + W1));
        }

        return (x, y, z, w);
    }

    /// <summary>
    /// Eight successive blocks, one to a 64-bit lane (a number in the lower half, zeros above): the widening
    /// multiplication wants its operands there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes Blocks(ulong firstIndex)
    {
        var blocks = Start(firstIndex);
        var (k0, k1) = Keys();
        for (var round = 0; round < Rounds; round++)
        {
            blocks = Round(blocks, k0, k1);
            (k0, k1) = NextKeys(k0, k1);
        }

        return LowerHalves(blocks);
    }

    /// <summary>Sixteen of them. A round waits for the one before it, so two at once are faster where registers suffice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (Lanes First, Lanes Second) TwiceBlocks(ulong firstIndex)
    {
        var first = Start(firstIndex);
        var second = Start(firstIndex + Lanes.Count);
        var (k0, k1) = Keys();
        for (var round = 0; round < Rounds; round++)
        {
            first = Round(first, k0, k1);
            second = Round(second, k0, k1);
            (k0, k1) = NextKeys(k0, k1);
        }

        return (LowerHalves(first), LowerHalves(second));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes Start(ulong firstIndex)
    {
        var index = Vector512.Create(firstIndex) + Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7);
        return new(index, index >>> 32, Vector512.Create(stream), Vector512.Create(stream >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (Vector512<ulong> K0, Vector512<ulong> K1) Keys() => (Vector512.Create(key & uint.MaxValue), Vector512.Create(key >> 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<ulong> K0, Vector512<ulong> K1) NextKeys(Vector512<ulong> k0, Vector512<ulong> k1) =>
        ((k0.AsUInt32() + Vector512.Create((ulong)W0).AsUInt32()).AsUInt64(), (k1.AsUInt32() + Vector512.Create((ulong)W1).AsUInt32()).AsUInt64());

    // What is in the upper halves in between does not matter.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes Round(Lanes c, Vector512<ulong> k0, Vector512<ulong> k1)
    {
        var p0 = WideningMultiply(c.X, Vector512.Create((uint)M0));
        var p1 = WideningMultiply(c.Z, Vector512.Create((uint)M1));
        return new((p1 >>> 32) ^ c.Y ^ k0, p1, (p0 >>> 32) ^ c.W ^ k1, p0);
    }

    // The factor comes as a vector of 32-bit numbers, made of a constant: where a 64-bit variable is spread over the lanes
    // for this instruction, or for AVX2's, the code that .NET 10.0.12 makes is wrong on machines with AVX-512 until the
    // method has become hot.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> WideningMultiply(Vector512<ulong> lanes, Vector512<uint> factor) => Avx512F.IsSupported
        ? Avx512F.Multiply(lanes.AsUInt32(), factor)
        : (lanes & Vector512.Create((ulong)uint.MaxValue)) * (factor.AsUInt64() & Vector512.Create((ulong)uint.MaxValue));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes LowerHalves(Lanes c)
    {
        var lower = Vector512.Create((ulong)uint.MaxValue);
        return new(c.X & lower, c.Y & lower, c.Z & lower, c.W & lower);
    }

    /// <summary>The four numbers of eight blocks.</summary>
    public readonly struct Lanes(Vector512<ulong> x, Vector512<ulong> y, Vector512<ulong> z, Vector512<ulong> w)
    {
        public const int Count = 8;

        public readonly Vector512<ulong> X = x;

        public readonly Vector512<ulong> Y = y;

        public readonly Vector512<ulong> Z = z;

        public readonly Vector512<ulong> W = w;
    }
}
