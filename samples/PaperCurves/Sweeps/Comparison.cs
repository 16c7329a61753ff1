using Perfolizer.Mathematics.SignificanceTesting.MannWhitney;

namespace PaperCurves.Sweeps;

/// <summary>Two samples compared without assuming how they are distributed.</summary>
/// <param name="Difference">Mean of the first less mean of the second, in percentage points.</param>
/// <param name="P">Two-sided p-value of the Mann-Whitney U test: how likely ranks differ so much by chance.</param>
/// <param name="EffectSize">
/// Cliff's delta, which is also the rank-biserial correlation, 2U / (nm) - 1: how much more often a value of the first is
/// above one of the second than below; from -1 to 1.
/// </param>
public sealed record Comparison(double Difference, double P, double EffectSize)
{
    // Counts of orders of more values than these together do not fit into Perfolizer's integers.
    private const int ExactAtMost = 64;

    /// <summary>
    /// Compares two samples. P is exact up to 64 values together, and by Edgeworth's expansion beyond. Tied values count
    /// half; a half that is left in U is rounded towards no difference, so that ties never make P too small.
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

        var u = a.Values.Sum(mine => b.Values.Sum(its => (Math.Sign(mine.Percent.CompareTo(its.Percent)) + 1) / 2.0));
        return new Comparison(a.Mean - b.Mean, TwoSided(u, n, m), (2 * u / ((double)n * m)) - 1);
    }

    // From the lower tail alone: one minus the upper would lose all digits of a small p.
    private static double TwoSided(double u, int n, int m)
    {
        IMannWhitneyCdf distribution = n + m <= ExactAtMost ? MannWhitneyLoefflerExactCdf.Instance : MannWhitneyEdgeworthApproxCdf.Instance;
        var tail = (int)Math.Ceiling(Math.Min(u, ((double)n * m) - u));

        // Perfolizer's distribution is that of values below, not up to.
        return Math.Clamp(2 * distribution.Cdf(n, m, tail + 1), 0, 1);
    }
}
