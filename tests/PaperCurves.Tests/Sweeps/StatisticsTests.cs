using CsCheck;
using FluentAssertions;
using PaperCurves.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Sweeps;

public sealed class StatisticsTests
{
    [Fact]
    public void Mean_spread_and_interval_are_those_of_the_textbook()
    {
        // Mean 3, variance 10 / 4; t(0.975, 4) = 2.7764451 by any table.
        var sample = Sample(1, 2, 3, 4, 5);
        sample.Mean.Should().Be(3);
        sample.Sd.Should().BeApproximately(Math.Sqrt(2.5), 1e-12);
        sample.High.Should().BeApproximately(3 + (2.7764451 * Math.Sqrt(2.5 / 5)), 1e-6);
        (sample.Low + sample.High).Should().BeApproximately(6, 1e-12);
    }

    [Fact]
    public void One_value_has_no_spread()
    {
        var sample = Sample(7);
        (sample.Mean, sample.Sd, sample.Low, sample.High).Should().Be((7, 0, 7, 7));
        FluentActions.Invoking(() => Sample()).Should().Throw<ArgumentException>().WithMessage("A sample needs at least one value.*");
    }

    // Complete separation has one of C(n + m, n) equally likely orders on either side.
    [Theory]
    [InlineData(1, 1, 1.0)]
    [InlineData(3, 3, 2.0 / 20)]
    [InlineData(6, 6, 2.0 / 924)]
    [InlineData(2, 6, 2.0 / 28)]
    [InlineData(30, 30, 2.0 / 118264581564861424)]
    public void Complete_separation_has_the_smallest_p_there_is(int n, int m, double p)
    {
        var low = Sample([.. Enumerable.Range(0, n).Select(i => (double)i)]);
        var high = Sample([.. Enumerable.Range(100, m).Select(i => (double)i)]);

        Comparison.Of(high, low).P.Should().BeApproximately(p, p * 1e-12);
        Comparison.Of(low, high).EffectSize.Should().Be(-1);
        Comparison.Of(high, low).EffectSize.Should().Be(1);
        Comparison.Of(high, low).Difference.Should().BeApproximately(high.Mean - low.Mean, 1e-12);
    }

    [Fact]
    public void Without_ties_p_is_that_of_counting_all_orders() => Gen.Select(Gen.Int[2, 6], Gen.Int[1, 6], Gen.Int).Sample((n, m, seed) =>
    {
        var order = Enumerable.Range(0, n + m).ToArray();
        new Random(seed).Shuffle(order);
        var (a, b) = (order[..n], order[n..]);
        var least = Math.Min(U(a, b), (n * m) - U(a, b));
        var (extreme, all) = (0, 0);
        for (var bits = 0; bits < 1 << (n + m); bits++)
        {
            if (int.PopCount(bits) == n)
            {
                all++;
                extreme += U(Chosen(bits, 1), Chosen(bits, 0)) <= least ? 1 : 0;
            }
        }

        Comparison.Of(Sample([.. a]), Sample([.. b])).P.Should().BeApproximately(Math.Min(1, 2.0 * extreme / all), 1e-12);

        int[] Chosen(int bits, int bit) => [.. Enumerable.Range(0, n + m).Where(i => ((bits >> i) & 1) == bit)];
    });

    [Fact]
    public void Ties_count_half_and_never_make_p_smaller()
    {
        var same = Comparison.Of(Sample(5, 5, 5), Sample(5, 5, 5));
        same.Should().Be(new Comparison(0, 1, 0));

        // U = 2.5 of 16, taken as 3: 7 of the 70 orders of 4 and 4 have a U of 3 or less (1 + 1 + 2 + 3).
        var tied = Comparison.Of(Sample(1, 2, 2, 3), Sample(2, 3, 4, 5));
        tied.P.Should().BeApproximately(2 * 7.0 / 70, 1e-12);
        tied.EffectSize.Should().BeApproximately((2 * 2.5 / 16) - 1, 1e-12);
    }

    [Fact]
    public void Large_samples_have_nearly_the_p_of_the_normal_distribution()
    {
        // U = 1250, 60 and 60 values: mean 1800, sd sqrt(60 * 60 * 121 / 12) = 190.526, z = -2.884 with continuity.
        var a = Sample([.. Enumerable.Range(0, 60).Select(i => (double)i)]);
        var shifted = Enumerable.Range(0, 60).Select(i => i + 8.5).ToArray();
        var comparison = Comparison.Of(a, Sample(shifted));
        var u = (comparison.EffectSize + 1) / 2 * 3600;
        var normal = 2 * MathNet.Numerics.Distributions.Normal.CDF(0, 1, (Math.Min(u, 3600 - u) + 0.5 - 1800) / 190.526);
        comparison.P.Should().BeApproximately(normal, 2e-3).And.BeInRange(1e-4, 0.2);
    }

    [Fact]
    public void An_empty_sample_cannot_be_compared()
    {
        var empty = new Sample([], 0, 0, 0, 0);
        FluentActions.Invoking(() => Comparison.Of(empty, Sample(1))).Should().Throw<ArgumentException>().WithParameterName("a");
        FluentActions.Invoking(() => Comparison.Of(Sample(1), empty)).Should().Throw<ArgumentException>().WithParameterName("b");
    }

    private static int U(int[] a, int[] b) => a.Sum(mine => b.Count(its => mine > its));

    private static Sample Sample(params double[] percents) => Statistics.Of([.. percents.Select((percent, i) => new SampleValue(1, i + 1, percent))]);
}
