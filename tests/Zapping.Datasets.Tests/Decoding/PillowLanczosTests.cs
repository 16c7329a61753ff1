using System.IO.Compression;
using CsCheck;
using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

public sealed class PillowLanczosTests
{
    private static readonly Gen<(int Source, int Target)> s_sizes = Gen.Select(Gen.Int[1, 120], Gen.Int[1, 120]);

    /// <summary>Fixtures/make_lanczos_fixture.py made the file with Pillow 9.4.0.</summary>
    [Fact]
    public void Every_bit_is_Pillows()
    {
        using var file = new ZLibStream(File.OpenRead(TestFiles.Fixture("lanczos.bin")), CompressionMode.Decompress);
        using var reader = new BinaryReader(file);
        var compared = 0;
        for (var cases = reader.ReadInt32(); cases > 0; cases--)
        {
            var sourceSize = reader.ReadInt32();
            var source = reader.ReadBytes(sourceSize * sourceSize);
            for (var targets = reader.ReadInt32(); targets > 0; targets--)
            {
                var size = reader.ReadInt32();
                var expected = reader.ReadBytes(size * size);
                Resize(source, sourceSize, size).Should().Equal(expected, $"of {sourceSize} -> {size}");
                compared++;
            }
        }

        compared.Should().Be((16 * 2) + (3 * 6));
    }

    [Fact]
    public void Weights_sum_to_one() => s_sizes.Sample(sizes =>
    {
        var lanczos = new PillowLanczos(sizes.Source, sizes.Target);
        for (var i = 0; i < sizes.Target; i++)
        {
            // Each tap is rounded by itself, so the sum may miss 2^22 by half a unit per tap.
            var (start, weights) = lanczos.Taps(i);
            weights.Sum().Should().BeCloseTo(1 << 22, (uint)weights.Count);
            start.Should().BeGreaterThanOrEqualTo(0);
            (start + weights.Count).Should().BeLessThanOrEqualTo(sizes.Source);
        }
    });

    [Fact]
    public void Even_grey_stays_even() => Gen.Select(s_sizes, Gen.Byte).Sample((sizes, grey) =>
    {
        var source = new byte[sizes.Source * sizes.Source];
        source.AsSpan().Fill(grey);
        return !Resize(source, sizes.Source, sizes.Target).AsSpan().ContainsAnyExcept(grey);
    });

    [Fact]
    public void The_same_size_changes_nothing() =>
        Gen.Int[1, 40].SelectMany(size => Gen.Byte.Array[size * size].Select(pixels => (size, pixels)))
            .Sample(image => Resize(image.pixels, image.size, image.size).AsSpan().SequenceEqual(image.pixels));

    [Fact]
    public void Turning_the_picture_over_its_diagonal_turns_the_result() =>
        Gen.Byte[90, 165].Array[30 * 30].Sample(pixels =>
        {
            // Almost: the first pass is rounded, and clamped too where the contrast is high, before the second.
            var there = Transpose(Resize(Transpose(pixels, 30), 30, 11), 11);
            return there.Zip(Resize(pixels, 30, 11)).All(pair => Math.Abs(pair.First - pair.Second) <= 2);
        });

    [Fact]
    public void Wrong_lengths_and_sizes_are_refused()
    {
        var lanczos = new PillowLanczos(4, 2);
        FluentActions.Invoking(() => lanczos.Resize(new byte[15], new byte[4])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => lanczos.Resize(new byte[16], new byte[5])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => lanczos.ResizeRows(new byte[11], 3, new byte[6])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => lanczos.ResizeRows(new byte[12], 3, new byte[5])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new PillowLanczos(0, 2)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new PillowLanczos(4, 0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static byte[] Resize(byte[] source, int sourceSize, int size)
    {
        var target = new byte[size * size];
        new PillowLanczos(sourceSize, size).Resize(source, target);
        return target;
    }

    private static byte[] Transpose(byte[] pixels, int size) =>
        [.. Enumerable.Range(0, size * size).Select(i => pixels[(i % size * size) + (i / size)])];
}
