using FluentAssertions;
using Xunit;
using Zapping.Training.Randomness;

namespace Zapping.Training.Tests.Randomness;

public sealed class PhiloxTests
{
    // Known answers of the authors' reference implementation (Random123).
    public static TheoryData<ulong, ulong, ulong, uint[]> KnownAnswers => new()
    {
        { 0, 0, 0, [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
        { ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd] },
        { 0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88, [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1] },
    };

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void Known_answers_cold_and_hot(ulong key, ulong stream, ulong index, uint[] expected)
    {
        // Cold code and hot code are compiled differently; .NET 10's unoptimized AVX-512 code was once wrong here.
        for (var i = 0; i < 50_000; i++)
        {
            var (x, y, z, w) = new Philox(key, stream).Block(index);
            if (x != expected[0] || y != expected[1] || z != expected[2] || w != expected[3])
            {
                Assert.Fail($"call {i}: {x:x} {y:x} {z:x} {w:x}");
            }
        }
    }

    [Fact]
    public void Lanes_are_successive_blocks_also_beyond_32_bits()
    {
        var generator = new Philox(5, 6);
        foreach (var first in new[] { 0UL, 7UL, uint.MaxValue - 1UL })
        {
            var (front, back) = generator.TwiceBlocks(first);
            foreach (var (blocks, start) in new[] { (front, first), (back, first + 8), (generator.Blocks(first), first) })
            {
                for (var lane = 0; lane < Philox.Lanes.Count; lane++)
                {
                    var (a, b, c, d) = Reference(5, 6, start + (ulong)lane);
                    (blocks.X[lane], blocks.Y[lane], blocks.Z[lane], blocks.W[lane]).Should().Be((a, b, c, d));
                }
            }
        }
    }

    [Fact]
    public void Lanes_are_right_cold_and_hot()
    {
        var generator = new Philox(5, 6);
        for (var i = 0UL; i < 50_000; i++)
        {
            var (front, back) = generator.TwiceBlocks(i);
            var one = generator.Blocks(i);
            var (x, _, _, w) = Reference(5, 6, i + 3);
            if (front.X[3] != x || one.X[3] != x || one.W[3] != w || back.W[3] != Reference(5, 6, i + 11).Item4)
            {
                Assert.Fail($"call {i}");
            }
        }
    }

    [Fact]
    public void Numbers_below_a_bound_are_equally_likely()
    {
        var random = new RandomStream(1, "test");
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
        {
            counts[random.Below(7)]++;
        }

        counts.Sum(count => Math.Pow(count - 10_000, 2) / 10_000).Should().BeLessThan(22.5, "chi-square, 6 degrees of freedom, p = 0.001");
    }

    [Fact]
    public void Permutations_hold_each_number_once_and_reach_every_order()
    {
        var random = new RandomStream(2, "test");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 500; i++)
        {
            var order = random.Permutation(4);
            order.Should().BeEquivalentTo([0, 1, 2, 3]);
            seen.Add(string.Join(',', order));
        }

        seen.Should().HaveCount(24);
    }

    [Fact]
    public void Hashes_never_change()
    {
        StableHash.Of("head.weight").Should().Be(15190259207091184883UL);
        StableHash.Mix(1, 2).Should().Be(583880340377267059UL);
    }

    private static (ulong, ulong, ulong, ulong) Reference(ulong key, ulong stream, ulong index)
    {
        var (x, y, z, w) = ((uint)index, (uint)(index >> 32), (uint)stream, (uint)(stream >> 32));
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < 10; round++)
        {
            var p0 = (ulong)x * 0xD2511F53;
            var p1 = (ulong)z * 0xCD9E8D57;
            (x, y, z, w) = ((uint)(p1 >> 32) ^ y ^ k0, (uint)p1, (uint)(p0 >> 32) ^ w ^ k1, (uint)p0);
            unchecked
            {
                k0 += 0x9E3779B9;
                k1 += 0xBB67AE85;
            }
        }

        return (x, y, z, w);
    }
}
