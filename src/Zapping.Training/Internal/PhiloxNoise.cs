using System.Runtime.Intrinsics;

namespace Zapping.Training.Internal;

/// <summary>
/// Normal and uniform single-precision noise from <see cref="Philox"/>, sixteen values at a time. Only additions,
/// multiplications, divisions and square roots are used, which IEEE 754 defines to the last bit, so that every
/// machine yields the same values.
/// </summary>
internal static class PhiloxNoise
{
    /// <summary>Draws that start at a multiple of this length can be made in pieces.</summary>
    public const int BatchLength = 16;

    private const int BlocksPerBatch = 4;

    /// <summary>Fills with <c>mean + std * z</c>, z standard normal.</summary>
    /// <param name="values">What to fill.</param>
    /// <param name="generator">Where numbers come from.</param>
    /// <param name="offset">Where in a longer draw these values lie; a multiple of <see cref="BatchLength"/>.</param>
    /// <param name="mean">Mean.</param>
    /// <param name="std">Standard deviation.</param>
    public static void FillNormal(Span<float> values, Philox generator, long offset, float mean, float std)
    {
        scoped Span<float> rest = stackalloc float[BatchLength];
        var block = (ulong)(offset / BatchLength) * BlocksPerBatch;
        while (!values.IsEmpty)
        {
            scoped var target = values.Length >= BatchLength ? values[..BatchLength] : rest;
            var (a, b) = NormalPairs(generator.Blocks(block));
            (a * std + Vector256.Create(mean)).CopyTo(target);
            (b * std + Vector256.Create(mean)).CopyTo(target[8..]);
            if (values.Length < BatchLength)
            {
                rest[..values.Length].CopyTo(values);
                return;
            }

            values = values[BatchLength..];
            block += BlocksPerBatch;
        }
    }

    /// <summary>Fills with values uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    /// <param name="values">What to fill.</param>
    /// <param name="generator">Where numbers come from.</param>
    /// <param name="offset">Where in a longer draw these values lie; a multiple of <see cref="BatchLength"/>.</param>
    /// <param name="low">Lower bound.</param>
    /// <param name="high">Upper bound.</param>
    public static void FillUniform(Span<float> values, Philox generator, long offset, float low, float high)
    {
        scoped Span<float> rest = stackalloc float[BatchLength];
        var block = (ulong)(offset / BatchLength) * BlocksPerBatch;
        var scale = (high - low) * (1f / (1 << 24));
        while (!values.IsEmpty)
        {
            scoped var target = values.Length >= BatchLength ? values[..BatchLength] : rest;
            var (x, y, z, w) = generator.Blocks(block);
            (Fraction24(Pack(x, z)) * scale + Vector256.Create(low)).CopyTo(target);
            (Fraction24(Pack(y, w)) * scale + Vector256.Create(low)).CopyTo(target[8..]);
            if (values.Length < BatchLength)
            {
                rest[..values.Length].CopyTo(values);
                return;
            }

            values = values[BatchLength..];
            block += BlocksPerBatch;
        }
    }

    private static Vector256<uint> Pack(Vector256<ulong> low, Vector256<ulong> high) => (low | (high << 32)).AsUInt32();

    private static Vector256<float> Fraction24(Vector256<uint> bits) => Vector256.ConvertToSingle((bits >>> 8).AsInt32());

    // Box and Muller: a radius from one number, an angle from another, two independent normals.
    private static (Vector256<float> A, Vector256<float> B) NormalPairs(
        (Vector256<ulong> X, Vector256<ulong> Y, Vector256<ulong> Z, Vector256<ulong> W) blocks)
    {
        // 31 bits in (0, 1]: the smallest value, 2^-32, lets the tail reach 6.6 standard deviations.
        var u = (Vector256.ConvertToSingle((Pack(blocks.X, blocks.Z) >>> 1).AsInt32()) + Vector256.Create(0.5f))
            * (1f / (1u << 31));
        var radius = Vector256.Sqrt(Vector256.Max(Log(u) * -2f, Vector256<float>.Zero));
        var (sine, cosine) = SinCosOfTurn(Pack(blocks.Y, blocks.W));
        return (radius * cosine, radius * sine);
    }

    /// <summary>Natural logarithm for normal numbers in (0, 1], after Cephes' logf (error below 1e-7 relative).</summary>
    private static Vector256<float> Log(Vector256<float> u)
    {
        var bits = u.AsInt32();
        var exponent = (bits >> 23) - Vector256.Create(127);
        var mantissa = ((bits & Vector256.Create(0x007FFFFF)) | Vector256.Create(0x3F800000)).AsSingle();
        var large = Vector256.GreaterThan(mantissa, Vector256.Create(1.41421356f));
        mantissa = Vector256.ConditionalSelect(large, mantissa * 0.5f, mantissa);
        var e = Vector256.ConvertToSingle(exponent - large.AsInt32()); // the mask is -1 where true

        var f = mantissa - Vector256.Create(1f);
        var z = f * f;
        var y = (f * 7.0376836292e-2f) + Vector256.Create(-1.1514610310e-1f);
        y = (y * f) + Vector256.Create(1.1676998740e-1f);
        y = (y * f) + Vector256.Create(-1.2420140846e-1f);
        y = (y * f) + Vector256.Create(1.4249322787e-1f);
        y = (y * f) + Vector256.Create(-1.6668057665e-1f);
        y = (y * f) + Vector256.Create(2.0000714765e-1f);
        y = (y * f) + Vector256.Create(-2.4999993993e-1f);
        y = (y * f) + Vector256.Create(3.3333331174e-1f);
        y = y * f * z;
        y += e * -2.12194440e-4f;
        y -= z * 0.5f;
        return f + y + (e * 0.693359375f);
    }

    /// <summary>Sine and cosine of a uniform angle: two bits choose the quadrant, 24 more the place in it.</summary>
    private static (Vector256<float> Sine, Vector256<float> Cosine) SinCosOfTurn(Vector256<uint> bits)
    {
        var inQuadrant = Fraction24(bits << 2) * (1f / (1 << 24)) - Vector256.Create(0.5f);
        var angle = inQuadrant * (MathF.PI / 2);
        var z = angle * angle;
        var s = (z * -1.9515295891e-4f) + Vector256.Create(8.3321608736e-3f);
        s = (s * z) + Vector256.Create(-1.6666654611e-1f);
        var sine = angle + (angle * z * s);
        var c = (z * 2.443315711809948e-5f) + Vector256.Create(-1.388731625493765e-3f);
        c = (c * z) + Vector256.Create(4.166664568298827e-2f);
        var cosine = Vector256.Create(1f) - (z * 0.5f) + (z * z * c);

        var quadrant = (bits >>> 30).AsInt32();
        var odd = Vector256.Equals(quadrant & Vector256.Create(1), Vector256.Create(1)).AsSingle();
        var flipSine = Vector256.GreaterThan(quadrant, Vector256.Create(1)).AsSingle();
        var flipCosine = odd ^ flipSine;
        var sign = Vector256.Create(-0f);
        return (Vector256.ConditionalSelect(odd, cosine, sine) ^ (flipSine & sign),
                Vector256.ConditionalSelect(odd, sine, cosine) ^ (flipCosine & sign));
    }
}
