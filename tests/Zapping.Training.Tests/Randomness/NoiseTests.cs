using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FluentAssertions;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Xunit;
using Zapping.Training.Initializers;
using Zapping.Training.Randomness;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Randomness;

public sealed class NoiseTests
{
    private static readonly Lazy<float[]> Sample = new(() => Normal(10_000_000, seed: 1));

    [Fact]
    public void Values_are_those_of_Box_and_Muller_in_double_precision()
    {
        var values = Normal(16_000, seed: 3);
        var generator = new Philox(3, 0);
        for (var batch = 0; batch < 1000; batch++)
        {
            for (var pair = 0; pair < 8; pair++)
            {
                // four blocks to a batch; a block's first two numbers make one pair, its last two another
                var (x, y, z, w) = generator.Block((ulong)((batch * 4) + (pair / 2)));
                var (radiusBits, turnBits) = pair % 2 == 0 ? (x, y) : (z, w);
                var radius = Math.Sqrt(-2 * Math.Log(((radiusBits >> 1) + 0.5) / 2147483648.0));
                var angle = (Math.PI / 2 * ((turnBits >> 30) + ((turnBits << 2 >> 8) / 16777216.0))) - (Math.PI / 4);
                values[(batch * 16) + pair].Should().BeApproximately((float)(radius * Math.Cos(angle)), 3e-6f);
                values[(batch * 16) + 8 + pair].Should().BeApproximately((float)(radius * Math.Sin(angle)), 3e-6f);
            }
        }
    }

    [Fact]
    public void Ten_million_values_have_the_moments_of_a_normal_distribution()
    {
        var n = Sample.Value.Length;
        double sum = 0, squares = 0, cubes = 0, fourths = 0;
        foreach (double v in Sample.Value)
        {
            sum += v;
            squares += v * v;
            cubes += v * v * v;
            fourths += v * v * v * v;
        }

        (sum / n).Should().BeApproximately(0, 4 / Math.Sqrt(n));
        (squares / n).Should().BeApproximately(1, 4 * Math.Sqrt(2.0 / n));
        (cubes / n).Should().BeApproximately(0, 4 * Math.Sqrt(15.0 / n));
        (fourths / n).Should().BeApproximately(3, 4 * Math.Sqrt(96.0 / n));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Tails_are_as_heavy_as_they_should_be(double sigmas)
    {
        var expected = 2 * Sample.Value.Length * Normal01.CumulativeDistribution(-sigmas);
        Sample.Value.Count(v => Math.Abs(v) > sigmas).Should().BeCloseTo((int)expected, (uint)(4 * Math.Sqrt(expected)) + 1);
    }

    [Fact]
    public void The_distribution_passes_Kolmogorov_and_Smirnov()
    {
        var sorted = Sample.Value[..200_000].Select(v => (double)v).Order().ToArray();
        var distance = sorted.Select((v, i) => Math.Abs(Normal01.CumulativeDistribution(v) - ((i + 0.5) / sorted.Length))).Max();
        distance.Should().BeLessThan(1.95 / Math.Sqrt(sorted.Length), "p = 0.001");
    }

    [Fact]
    public void Neighbors_rows_seeds_ordinals_and_parameters_are_independent()
    {
        const int N = 100_000;
        var bound = 4 / Math.Sqrt(N);
        var sample = Draw(1, 0, "a", N);
        Correlation.Pearson(sample.SkipLast(1), sample.Skip(1)).Should().BeApproximately(0, bound);
        foreach (var distance in new[] { 8, 16, 32, 64, 2304 }) // halves and wholes of vectors, and the same place in the next row
        {
            Correlation.Pearson(sample.SkipLast(distance), sample.Skip(distance)).Should().BeApproximately(0, 1.01 * bound);
        }

        foreach (var other in new[] { Draw(2, 0, "a", N), Draw(1, 1, "a", N), Draw(1, 0, "b", N) })
        {
            Correlation.Pearson(sample, other).Should().BeApproximately(0, bound);
        }
    }

    [Fact]
    public void A_shorter_draw_is_the_beginning_of_a_longer_one()
    {
        var all = Normal(64, seed: 9);
        var uniform = new float[64];
        PhiloxNoise.FillUniform(uniform, new Philox(9, 0), 0, -1, 1);
        for (var length = 0; length <= 40; length++)
        {
            Normal(length, seed: 9).Should().Equal(all[..length]);
            var part = new float[length];
            PhiloxNoise.FillUniform(part, new Philox(9, 0), 0, -1, 1);
            part.Should().Equal(uniform[..length]);
        }
    }

    [Fact]
    public void A_draw_made_in_parts_is_the_draw_made_at_once()
    {
        var all = Normal(200, seed: 9);
        CsCheck.Check.Sample(
            CsCheck.Gen.Select(CsCheck.Gen.Int[0, 200], CsCheck.Gen.Int[0, 200]),
            (a, b) =>
            {
                var (from, to) = (Math.Min(a, b), Math.Max(a, b));
                var part = new float[to - from];
                PhiloxNoise.FillNormal(part, new Philox(9, 0), from, 0, 1);
                return part.AsSpan().SequenceEqual(all.AsSpan(from..to));
            });
    }

    [Fact]
    public void A_large_tensor_filled_in_pieces_equals_one_long_draw()
    {
        const int Count = 5_000_001;
        using var inPieces = new ResetNoise(3, 4, "large").Normal(empty(Count), 1, 2);
        var generator = new Philox(StableHash.Mix(3, 4), StableHash.Mix(StableHash.Of("large"), 0));
        var atOnce = new float[Count];
        PhiloxNoise.FillNormal(atOnce, generator, 0, 1, 2);
        inPieces.data<float>().ToArray().AsSpan().SequenceEqual(atOnce).Should().BeTrue();
    }

    [Fact]
    public void Uniform_values_fill_their_range_evenly()
    {
        var values = new float[1_000_000];
        PhiloxNoise.FillUniform(values, new Philox(4, 0), 0, -2, 6);
        values.Should().OnlyContain(v => v >= -2 && v < 6);
        values.Mean().Should().BeApproximately(2, 0.01);
        values.StandardDeviation().Should().BeApproximately(8 / Math.Sqrt(12), 0.01);
    }

    [Fact]
    public void The_stream_never_changes()
    {
        Normal(4, seed: 0).Select(BitConverter.SingleToUInt32Bits).Should().Equal(1027639366u, 3209105434u, 1016954082u, 1060785392u);
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(Normal(10_000, seed: 0))))[..20].Should().Be("811d3696350bbc80d625");
    }

    [Fact]
    public void Other_types_and_layouts_get_the_same_values()
    {
        using var scope = NewDisposeScope();
        var single = Noise().Normal(empty(4, 5));
        Noise().Normal(empty([4, 5], ScalarType.Float64)).to(ScalarType.Float32).eq(single).all().item<bool>().Should().BeTrue();
        Noise().Normal(empty([4, 5], ScalarType.BFloat16)).eq(single.to(ScalarType.BFloat16)).all().item<bool>().Should().BeTrue();
        Noise().Normal(empty(5, 4).t()).eq(single).all().item<bool>().Should().BeTrue();

        static ResetNoise Noise() => new(1, 2, "parameter");
    }

    [Fact]
    public void Choices_are_distinct_sorted_and_within_the_population()
    {
        CsCheck.Check.Sample(
            CsCheck.Gen.Select(CsCheck.Gen.Int[0, 30], CsCheck.Gen.Int[0, 30], CsCheck.Gen.ULong),
            (a, b, seed) =>
            {
                var (count, population) = (Math.Min(a, b), Math.Max(a, b));
                var chosen = new ResetNoise(seed, 0, "x").Choose(count, population);
                return chosen.Length == count && chosen.Distinct().Count() == count
                    && chosen.SequenceEqual(chosen.Order()) && chosen.All(c => c >= 0 && c < population);
            });
        FluentActions.Invoking(() => new ResetNoise(1, 0, "x").Choose(3, 2)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Bad_bounds_are_refused()
    {
        using var values = zeros(3);
        FluentActions.Invoking(() => new ResetNoise(1, 0, "x").Normal(values, std: -1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new ResetNoise(1, 0, "x").Normal(values, std: double.NaN)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new ResetNoise(1, 0, "x").Uniform(values, 1, 0)).Should().Throw<ArgumentOutOfRangeException>();
        Nets.Bits(values).Should().OnlyContain(b => b == 0);
    }

    private static Normal Normal01 { get; } = new(0, 1);

    private static float[] Normal(int count, ulong seed)
    {
        var values = new float[count];
        PhiloxNoise.FillNormal(values, new Philox(seed, 0), 0, 0, 1);
        return values;
    }

    private static double[] Draw(ulong seed, long ordinal, string parameter, int count)
    {
        using var values = new ResetNoise(seed, ordinal, parameter).Normal(empty(count));
        return [.. values.data<float>().ToArray().Select(v => (double)v)];
    }
}
