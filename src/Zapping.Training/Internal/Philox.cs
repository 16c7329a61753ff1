using System.Runtime.Intrinsics;

namespace Zapping.Training.Internal;

/// <summary>
/// Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3"
/// (SC 2011). A number is a function of (key, stream, position) and of nothing else, so equal seeds give equal
/// bits on every machine, whatever was drawn before.
/// </summary>
/// <param name="key">Two key words.</param>
/// <param name="stream">The upper two counter words; the lower two count blocks of four numbers.</param>
internal readonly struct Philox(ulong key, ulong stream)
{
    private const ulong M0 = 0xD2511F53;
    private const ulong M1 = 0xCD9E8D57;
    private const uint W0 = 0x9E3779B9;
    private const uint W1 = 0xBB67AE85;

    /// <summary>The four numbers of one block.</summary>
    public (uint X, uint Y, uint Z, uint W) Block(ulong index)
    {
        var four = Blocks(index);
        return ((uint)four.X[0], (uint)four.Y[0], (uint)four.Z[0], (uint)four.W[0]);
    }

    /// <summary>
    /// Four successive blocks, one to a 64-bit lane (a number in the lower half, zeros above): the widening
    /// multiplication wants its operands there.
    /// </summary>
    public (Vector256<ulong> X, Vector256<ulong> Y, Vector256<ulong> Z, Vector256<ulong> W) Blocks(ulong firstIndex)
    {
        var low = Vector256.Create((ulong)uint.MaxValue);
        var index = Vector256.Create(firstIndex) + Vector256.Create(0UL, 1, 2, 3);
        var x = index & low;
        var y = index >>> 32;
        var z = Vector256.Create(stream & uint.MaxValue);
        var w = Vector256.Create(stream >> 32);
        var k0 = (uint)key;
        var k1 = (uint)(key >> 32);
        for (var round = 0; round < 10; round++)
        {
            var p0 = WideningMultiply(x, M0);
            var p1 = WideningMultiply(z, M1);
            x = (p1 >>> 32) ^ y ^ Vector256.Create((ulong)k0);
            y = p1 & low;
            z = (p0 >>> 32) ^ w ^ Vector256.Create((ulong)k1);
            w = p0 & low;
            unchecked
            {
                k0 += W0;
                k1 += W1;
            }
        }

        return (x, y, z, w);
    }

    // Not Avx2.Multiply, which would do: .NET 10.0's unoptimised code for it is wrong on machines with AVX-512.
    private static Vector256<ulong> WideningMultiply(Vector256<ulong> lanes, ulong factor) =>
        lanes * Vector256.Create(factor);
}
