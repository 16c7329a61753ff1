using System.Runtime.CompilerServices;
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
    /// <summary>How many blocks <see cref="Blocks"/> makes.</summary>
    public const int Lanes = 8;

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
    /// Successive blocks, one to a 64-bit lane (a number in the lower half, zeros above): the widening multiplication
    /// wants its operands there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (Vector512<ulong> X, Vector512<ulong> Y, Vector512<ulong> Z, Vector512<ulong> W) Blocks(ulong firstIndex)
    {
        var low = Vector512.Create((ulong)uint.MaxValue);
        var index = Vector512.Create(firstIndex) + Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7);
        var x = index & low;
        var y = index >>> 32;
        var z = Vector512.Create(stream & uint.MaxValue);
        var w = Vector512.Create(stream >> 32);
        var k0 = Vector512.Create(key & uint.MaxValue);
        var k1 = Vector512.Create(key >> 32);
        for (var round = 0; round < Rounds; round++)
        {
            // Not the intrinsic for widening multiplication: .NET 10.0's unoptimised code for it is wrong on machines
            // with AVX-512.
            var p0 = x * Vector512.Create(M0);
            var p1 = z * Vector512.Create(M1);
            x = (p1 >>> 32) ^ y ^ k0;
            y = p1 & low;
            z = (p0 >>> 32) ^ w ^ k1;
            w = p0 & low;
            k0 = (k0.AsUInt32() + Vector512.Create((ulong)W0).AsUInt32()).AsUInt64();
            k1 = (k1.AsUInt32() + Vector512.Create((ulong)W1).AsUInt32()).AsUInt64();
        }

        return (x, y, z, w);
    }
}
