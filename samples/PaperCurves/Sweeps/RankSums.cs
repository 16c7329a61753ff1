using MathNet.Numerics.Distributions;

namespace PaperCurves.Sweeps;

/// <summary>
/// How the sum of a sample's ranks varies if each way of dealing all values out to the two samples is equally likely: the permutation
/// distribution of the Mann-Whitney test, which knows of ties. Ranks are twice the mean rank of equal values, and so whole numbers.
/// </summary>
/// <remarks>Written here because the packages that were looked at have the distribution for values without ties alone.</remarks>
/// <param name="doubledRanks">Of all values together, n + m of them, in any order.</param>
/// <param name="count">n: how many values are in the sample whose ranks are summed.</param>
internal sealed class RankSums(IReadOnlyList<int> doubledRanks, int count)
{
    // The counts of 128 values fit into doubles with 14 digits, and take a tenth of a second.
    public const int ExactAtMost = 128;

    private int Mean => count * (doubledRanks.Count + 1);

    /// <summary>How likely a sum is at least as far from its mean, on either side, as this one.</summary>
    /// <param name="sum">A sum of doubled ranks.</param>
    public double AtLeastAsFarAs(int sum)
    {
        var distance = Math.Abs(sum - Mean);
        return doubledRanks.Count <= ExactAtMost ? Exact(distance) : Approximate(distance);
    }

    private double Exact(int distance)
    {
        var ways = Ways();
        var (far, all) = (0.0, 0.0);
        for (var sum = 0; sum < ways.Length; sum++)
        {
            all += ways[sum];
            far += Math.Abs(sum - Mean) >= distance ? ways[sum] : 0;
        }

        return far / all;
    }

    // How many ways of choosing n values lead to each sum. Sums of positive numbers keep their leading digits, however large they are.
    private double[] Ways()
    {
        var ways = new double[count + 1][];
        for (var chosen = 0; chosen <= count; chosen++)
        {
            ways[chosen] = new double[doubledRanks.Sum() + 1];
        }

        ways[0][0] = 1;
        var (seen, most) = (0, 0);
        foreach (var rank in doubledRanks)
        {
            (seen, most) = (seen + 1, most + rank);
            for (var chosen = Math.Min(seen, count); chosen > 0; chosen--) // downwards, so that no value is chosen twice
            {
                var (with, without) = (ways[chosen], ways[chosen - 1]);
                for (var sum = rank; sum <= most; sum++)
                {
                    with[sum] += without[sum - rank];
                }
            }
        }

        return ways[count];
    }

    // The normal distribution with the variance that the ties leave, and half a rank of continuity.
    private double Approximate(int distance)
    {
        var all = (double)doubledRanks.Count;
        var variance = count * (all - count) / (all * (all - 1)) * doubledRanks.Sum(rank => Math.Pow(rank - all - 1, 2));
        return variance > 0 ? Math.Min(1, 2 * Normal.CDF(0, 1, (1 - distance) / Math.Sqrt(variance))) : 1;
    }
}
