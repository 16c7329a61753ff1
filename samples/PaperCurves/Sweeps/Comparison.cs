namespace PaperCurves.Sweeps;

/// <summary>Two samples compared without assuming how they are distributed.</summary>
/// <param name="Difference">Mean of the first less mean of the second, in percentage points.</param>
/// <param name="P">
/// Two-sided p-value of the Mann-Whitney U test: how likely U is at least as far from its mean, on either side, if the values were dealt
/// out to the samples by chance.
/// </param>
/// <param name="EffectSize">
/// Cliff's delta, which is also the rank-biserial correlation, 2U / (nm) - 1: how much more often a value of the first is
/// above one of the second than below; from -1 to 1.
/// </param>
public sealed record Comparison(double Difference, double P, double EffectSize)
{
    /// <summary>
    /// Compares two samples. Tied values count half, and P is that of the permutation distribution of the values as they are, ties included:
    /// exact up to 128 values together, and by the normal distribution with the variance that ties leave beyond.
    /// </summary>
    /// <exception cref="ArgumentException">A sample has no value.</exception>
    public static Comparison Of(Sample a, Sample b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var (n, m) = (a.Values.Count, b.Values.Count);
        if (n == 0 || m == 0)
        {
            throw new ArgumentException("Both samples need at least one value.", n == 0 ? nameof(a) : nameof(b));
        }

        var ranks = DoubledRanks([.. a.Values.Concat(b.Values).Select(value => value.Percent)]);
        var sum = ranks.Take(n).Sum();
        var doubledU = sum - (n * (n + 1));
        return new Comparison(a.Mean - b.Mean, new RankSums(ranks, n).AtLeastAsFarAs(sum), (doubledU / ((double)n * m)) - 1);
    }

    // Twice the mean of the ranks that equal values share: one, two for each value below, and one for each that is equal, itself included.
    private static int[] DoubledRanks(double[] values) =>
        [.. values.Select(value => 1 + values.Sum(other => Math.Sign(value.CompareTo(other)) + 1))];
}
