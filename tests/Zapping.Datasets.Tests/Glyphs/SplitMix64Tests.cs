using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

public sealed class SplitMix64Tests
{
    /// <summary>The well-known first numbers of the reference implementation for the seed 1234567.</summary>
    [Fact]
    public void It_is_the_published_generator()
    {
        var random = new SplitMix64(1234567);
        ulong[] first = [random.Next(), random.Next(), random.Next(), random.Next(), random.Next()];
        first.Should().Equal(
            6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL,
            16408922859458223821UL);
    }

    [Fact]
    public void Bell_has_mean_zero_and_deviation_one()
    {
        var random = new SplitMix64(3);
        var values = new double[100_000];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.Bell();
        }

        values.Average().Should().BeApproximately(0.0, 0.02);
        values.Average(value => value * value).Should().BeApproximately(1.0, 0.02);
    }

    [Fact]
    public void Below_reaches_all_numbers_and_no_other()
    {
        var random = new SplitMix64(5);
        var seen = new HashSet<int>();
        for (var i = 0; i < 1000; i++)
        {
            seen.Add(random.Below(7));
        }

        seen.Should().BeEquivalentTo([0, 1, 2, 3, 4, 5, 6]);
    }

    [Fact]
    public void Forks_do_not_move_their_root_and_differ()
    {
        var root = new SplitMix64(9);
        Enumerable.Range(0, 1000).Select(stream => new SplitMix64(9).Fork((ulong)stream).Next())
            .Should().OnlyHaveUniqueItems().And.NotContain(root.Next());
        new SplitMix64(9).Fork(4).Next().Should().Be(new SplitMix64(9).Fork(4).Next());
    }
}
