using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Zapping.Training.Randomness;

/// <summary>
/// Normal and uniform single-precision noise from <see cref="Philox"/>, 64 values at a time. Only additions,
/// multiplications, the two fused, and square roots are used, which IEEE 754 defines to the last bit, so that every
/// machine yields the same values. Where the machine's vectors are shorter than 512 bits, .NET puts these together from what there is.
/// </summary>
internal static class PhiloxNoise
{
    private const int HalfLength = 4 * Philox.Lanes.Count;
    private const int GroupLength = 2 * HalfLength;

    /// <summary>Makes 32 values, in the order in which they are stored, of the numbers of eight blocks.</summary>
    private interface ITransform
    {
        /// <param name="first">The first and third numbers of the blocks: x0, z0, x1, z1, ….</param>
        /// <param name="second">The second and fourth: y0, w0, y1, w1, ….</param>
        (Vector512<float> A, Vector512<float> B) Of(Vector512<uint> first, Vector512<uint> second);
    }

    /// <summary>Fills with <c>mean + std * z</c>, z standard normal.</summary>
    /// <param name="values">What to fill.</param>
    /// <param name="generator">Where numbers come from.</param>
    /// <param name="offset">Where in a longer draw these values lie.</param>
    /// <param name="mean">Mean.</param>
    /// <param name="std">Standard deviation.</param>
    public static void FillNormal(Span<float> values, Philox generator, long offset, float mean, float std) =>
        Fill(values, generator, offset, new ToNormal(mean, std));

    /// <summary>Fills with values uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    /// <param name="values">What to fill.</param>
    /// <param name="generator">Where numbers come from.</param>
    /// <param name="offset">Where in a longer draw these values lie.</param>
    /// <param name="low">Lower bound.</param>
    /// <param name="high">Upper bound.</param>
    public static void FillUniform(Span<float> values, Philox generator, long offset, float low, float high) =>
        Fill(values, generator, offset, new ToUniform(low, high));

    // Optimized at once: a program may reset a whole head only once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill<TTransform>(Span<float> values, Philox generator, long offset, TTransform transform)
        where TTransform : struct, ITransform
    {
        scoped Span<float> edge = stackalloc float[GroupLength];
        var block = (ulong)(offset / GroupLength) * (2 * Philox.Lanes.Count);
        var skip = (int)(offset % GroupLength);
        while (!values.IsEmpty)
        {
            var whole = skip == 0 && values.Length >= GroupLength;
            scoped var target = whole ? values : edge;
            if (Vector512.IsHardwareAccelerated)
            {
                var (first, second) = generator.TwiceBlocks(block);
                Store(first, transform, target);
                Store(second, transform, target[HalfLength..]);
            }
            else
            {
                for (var half = 0; half < 2; half++)
                {
                    Store(generator.Blocks(block + (ulong)(half * Philox.Lanes.Count)), transform, target[(half * HalfLength)..]);
                }
            }

            var count = whole ? GroupLength : Math.Min(values.Length, GroupLength - skip);
            if (!whole)
            {
                edge.Slice(skip, count).CopyTo(values);
                skip = 0;
            }

            values = values[count..];
            block += 2 * Philox.Lanes.Count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TTransform>(Philox.Lanes blocks, TTransform transform, Span<float> target)
        where TTransform : struct, ITransform
    {
        var (a, b) = transform.Of((blocks.X | (blocks.Z << 32)).AsUInt32(), (blocks.Y | (blocks.W << 32)).AsUInt32());
        a.GetLower().CopyTo(target);
        b.GetLower().CopyTo(target[8..]);
        a.GetUpper().CopyTo(target[16..]);
        b.GetUpper().CopyTo(target[24..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fma(Vector512<float> a, Vector512<float> b, float c) =>
        Vector512.FusedMultiplyAdd(a, b, Vector512.Create(c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fma(Vector512<float> a, float b, float c) => Fma(a, Vector512.Create(b), c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fma(Vector512<float> a, float b, Vector512<float> c) =>
        Vector512.FusedMultiplyAdd(a, Vector512.Create(b), c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fraction24(Vector512<uint> bits) => Vector512.ConvertToSingle((bits >>> 8).AsInt32());

    private readonly struct ToUniform(float low, float high) : ITransform
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public (Vector512<float> A, Vector512<float> B) Of(Vector512<uint> first, Vector512<uint> second)
        {
            var scale = (high - low) * (1f / (1 << 24));
            return (Fma(Fraction24(first), scale, low), Fma(Fraction24(second), scale, low));
        }
    }

    /// <summary>Box and Muller: a radius from one number, an angle from another, two independent normals.</summary>
    private readonly struct ToNormal(float mean, float std) : ITransform
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public (Vector512<float> A, Vector512<float> B) Of(Vector512<uint> first, Vector512<uint> second)
        {
            // 31 bits in (0, 1]: the smallest value, 2^-32, lets the tail reach 6.6 standard deviations.
            var u = Fma(Vector512.ConvertToSingle((first >>> 1).AsInt32()), 1f / (1u << 31), 0.5f / (1u << 31));
            var radius = Vector512.Sqrt(Log(u) * -2f) * std;
            var (sine, cosine) = SinCosOfTurn(second);
            return (Fma(cosine, radius, mean), Fma(sine, radius, mean));
        }

        /// <summary>Natural logarithm for normal numbers in (0, 1], after Cephes' logf (error below 1e-7 relative).</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<float> Log(Vector512<float> u)
        {
            // u = mantissa * 2^e with a mantissa from sqrt(1/2) to sqrt(2), whose bits are those of 0.70710677 and more
            var bits = u.AsInt32();
            var exponent = (bits - Vector512.Create(0x3F3504F3)) >> 23;
            var mantissa = (bits - (exponent << 23)).AsSingle();
            var e = Vector512.ConvertToSingle(exponent);

            var f = mantissa - Vector512.Create(1f);
            var z = f * f;
            var y = Fma(f, 7.0376836292e-2f, -1.1514610310e-1f);
            y = Fma(y, f, 1.1676998740e-1f);
            y = Fma(y, f, -1.2420140846e-1f);
            y = Fma(y, f, 1.4249322787e-1f);
            y = Fma(y, f, -1.6668057665e-1f);
            y = Fma(y, f, 2.0000714765e-1f);
            y = Fma(y, f, -2.4999993993e-1f);
            y = Fma(y, f, 3.3333331174e-1f);
            y = Fma(e, -2.12194440e-4f, y * f * z);
            y = Fma(z, -0.5f, y);
            return Fma(e, 0.693359375f, f + y);
        }

        /// <summary>Sine and cosine of a uniform angle: two bits choose the quadrant, 24 more the place in it.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static (Vector512<float> Sine, Vector512<float> Cosine) SinCosOfTurn(Vector512<uint> bits)
        {
            var inQuadrant = Fma(Fraction24(bits << 2), 1f / (1 << 24), -0.5f);
            var angle = inQuadrant * (MathF.PI / 2);
            var z = angle * angle;
            var s = Fma(z, -1.9515295891e-4f, 8.3321608736e-3f);
            s = Fma(s, z, -1.6666654611e-1f);
            var sine = Vector512.FusedMultiplyAdd(angle * z, s, angle);
            var c = Fma(z, 2.443315711809948e-5f, -1.388731625493765e-3f);
            c = Fma(c, z, 4.166664568298827e-2f);
            var cosine = Vector512.FusedMultiplyAdd(z * z, c, Fma(z, -0.5f, 1f));

            // Odd quadrants swap the two; the sine is negative in quadrants 2 and 3, the cosine in 1 and 2.
            var sign = Vector512.Create(0x80000000u);
            var odd = ((bits << 1).AsInt32() >> 31).AsSingle();
            var flipSine = (bits & sign).AsSingle();
            var flipCosine = ((bits ^ (bits << 1)) & sign).AsSingle();
            return (Vector512.ConditionalSelect(odd, cosine, sine) ^ flipSine,
                    Vector512.ConditionalSelect(odd, sine, cosine) ^ flipCosine);
        }
    }
}
