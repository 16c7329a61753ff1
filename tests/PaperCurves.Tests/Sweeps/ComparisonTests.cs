using CsCheck;
using FluentAssertions;
using MathNet.Numerics.Distributions;
using PaperCurves.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Sweeps;

public sealed class ComparisonTests
{
    // Complete separation has one of C(n + m, n) equally likely orders on either side.
    [Theory]
    [InlineData(1, 1, 1.0)]
    [InlineData(3, 3, 2.0 / 20)]
    [InlineData(6, 6, 2.0 / 924)]
    [InlineData(2, 6, 2.0 / 28)]
    [InlineData(30, 30, 2.0 / 118264581564861424)]
    public void Complete_separation_has_the_smallest_p_there_is(int n, int m, double p)
    {
        var low = Samples.Of([.. Enumerable.Range(0, n).Select(i => (double)i)]);
        var high = Samples.Of([.. Enumerable.Range(100, m).Select(i => (double)i)]);

        Comparison.Of(high, low).P.Should().BeApproximately(p, p * 1e-12);
        Comparison.Of(low, high).EffectSize.Should().Be(-1);
        Comparison.Of(high, low).EffectSize.Should().Be(1);
        Comparison.Of(high, low).Difference.Should().BeApproximately(high.Mean - low.Mean, 1e-12);
    }

    // Few different values, so that most samples have ties.
    [Fact]
    public void P_is_that_of_counting_all_ways_of_dealing_the_values_out() => Gen.Select(
        Gen.Int[0, 6].Array[1, 6], Gen.Int[0, 6].Array[1, 6], Gen.Int[1, 3]).Sample((a, b, spread) =>
    {
        int[] values = [.. a.Concat(b).Select(value => value / spread)];
        Compare(values, a.Length).P.Should().BeApproximately(ByCounting(values, a.Length), 1e-12);
    });

    [Fact]
    public void Without_ties_p_is_that_of_counting_too() => Gen.Select(Gen.Int[2, 6], Gen.Int[1, 6], Gen.Int).Sample((n, m, seed) =>
    {
        var order = Enumerable.Range(0, n + m).ToArray();
        new Random(seed).Shuffle(order);
        Compare(order, n).P.Should().BeApproximately(ByCounting(order, n), 1e-12);
    });

    // Counted by hand elsewhere, to four digits; the first was taken for 0.1429 when ties counted as none.
    [Theory]
    [InlineData(new[] { 55, 55, 48, 50, 53, 49, 55, 57 }, 6, 0.1786)]
    [InlineData(new[] { 51, 47, 51, 46, 51, 49, 54, 51, 47, 51, 46, 51, 49 }, 7, 0.7314)]
    [InlineData(new[] { 52, 44, 50, 52, 44, 50, 52, 44, 50, 52, 44, 50, 52 }, 3, 1)]
    [InlineData(new[] { 5, 5, 5, 5, 5, 5 }, 3, 1)]
    public void Ties_do_not_make_p_too_small(int[] values, int first, double p) => Compare(values, first).P.Should().BeApproximately(p, 5e-5);

    [Fact]
    public void Ties_count_half()
    {
        var comparison = Comparison.Of(Samples.Of(1, 2, 2, 3), Samples.Of(2, 3, 4, 5));

        comparison.EffectSize.Should().BeApproximately((2 * 2.5 / 16) - 1, 1e-12); // 2 of them twice against 2, and 3 against 3
        Comparison.Of(Samples.Of(5, 5, 5), Samples.Of(5, 5, 5)).Should().Be(new Comparison(0, 1, 0));
    }

    [Fact]
    public void Which_sample_comes_first_makes_no_difference_to_p() => Gen.Select(Gen.Int[0, 9].Array[1, 70], Gen.Int[0, 9].Array[1, 70]).Sample((a, b) =>
    {
        var (one, other) = (Compare([.. a, .. b], a.Length), Compare([.. b, .. a], b.Length));
        one.P.Should().BeApproximately(other.P, 1e-9 * other.P).And.BeInRange(0, 1);
        one.EffectSize.Should().BeApproximately(-other.EffectSize, 1e-12);
    });

    // The variance by the sizes of the ties, as textbooks have it: nm / 12 * (N + 1 - sum (t^3 - t) / (N (N - 1))).
    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void Large_samples_have_the_p_of_the_normal_distribution_with_ties(int spread)
    {
        int[] values = [.. Enumerable.Range(0, 65).Select(i => i / spread), .. Enumerable.Range(0, 65).Select(i => (i + 10) / spread)];
        var comparison = Compare(values, 65);
        var ties = values.GroupBy(value => value).Sum(group => Math.Pow(group.Count(), 3) - group.Count());
        var variance = 65.0 * 65 / 12 * (131 - (ties / (130.0 * 129)));
        var u = (comparison.EffectSize + 1) / 2 * 65 * 65;

        comparison.P.Should().BeApproximately(2 * Normal.CDF(0, 1, (u + 0.5 - (65 * 65 / 2.0)) / Math.Sqrt(variance)), 1e-9).And.BeInRange(1e-4, 0.2);
    }

    [Fact]
    public void Exact_and_approximate_p_meet_where_one_takes_over()
    {
        double P(int size) => Compare([.. Enumerable.Range(0, size).Select(i => i / 3), .. Enumerable.Range(0, size).Select(i => (i + 7) / 3)], size).P;

        P(64).Should().BeApproximately(P(65), 4e-3).And.BeInRange(0.01, 0.2);
    }

    [Fact]
    public void Many_equal_values_are_no_difference() => Compare([.. Enumerable.Repeat(3, 200)], 80).P.Should().Be(1);

    [Fact]
    public void An_empty_sample_cannot_be_compared()
    {
        var empty = new Sample([], 0, 0, 0, 0);
        FluentActions.Invoking(() => Comparison.Of(empty, Samples.Of(1))).Should().Throw<ArgumentException>().WithParameterName("a");
        FluentActions.Invoking(() => Comparison.Of(Samples.Of(1), empty)).Should().Throw<ArgumentException>().WithParameterName("b");
    }

    private static Comparison Compare(int[] values, int first) =>
        Comparison.Of(Samples.Of([.. values.Take(first).Select(value => (double)value)]), Samples.Of([.. values.Skip(first).Select(value => (double)value)]));

    // Of all ways of choosing the first sample: in how many twice U is at least as far from its mean, which is nm.
    private static double ByCounting(int[] values, int first)
    {
        var seen = Distance((1 << first) - 1);
        int[] all = [.. Enumerable.Range(0, 1 << values.Length).Where(bits => int.PopCount(bits) == first)];
        return all.Count(bits => Distance(bits) >= seen) / (double)all.Length;

        int Distance(int bits)
        {
            var chosen = values.Where((_, i) => ((bits >> i) & 1) == 1).ToList();
            var others = values.Where((_, i) => ((bits >> i) & 1) == 0).ToList();
            return Math.Abs(chosen.Sum(mine => others.Sum(its => Math.Sign(mine.CompareTo(its)) + 1)) - (chosen.Count * others.Count));
        }
    }
}
