using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Plasticity.Report;

/// <summary>A mean and its 95 % interval.</summary>
internal readonly record struct Estimate(double Mean, double Low, double High)
{
    /// <summary>Whether the interval lies on one side of 0.</summary>
    public bool IsSure => Low > 0 || High < 0;

    /// <summary>Of one value there is no interval.</summary>
    public bool HasInterval => double.IsFinite(Low);
}

/// <summary>What can be said of a few seeds.</summary>
internal static class Statistics
{
    private const double Coverage = 0.95;
    private const int MostDraws = 10_000;

    /// <summary>Student's t interval of the mean of independent values, which covers it in 95 % of cases if they are normal.</summary>
    public static Estimate Student(IReadOnlyCollection<double> values)
    {
        var mean = values.Mean();
        if (values.Count < 2)
        {
            return new(mean, double.NaN, double.NaN);
        }

        var half = StudentT.InvCDF(0, 1, values.Count - 1, (1 + Coverage) / 2) * values.StandardDeviation() / Math.Sqrt(values.Count);
        return new(mean, mean - half, mean + half);
    }

    /// <summary>
    /// The percentile bootstrap of the mean: 2.5 % and 97.5 % quantiles of the means of n values drawn with replacement. It is exact up to five values, where all n^n draws are made, and of 10,000 draws of a
    /// generator of its own beyond. It is too narrow for few values: of normal ones it covers the mean in 84 % of cases at 5, 90 % at 10.
    /// </summary>
    public static Estimate Bootstrap(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
        {
            return new(values.Mean(), double.NaN, double.NaN);
        }

        var all = Math.Pow(values.Count, values.Count);
        var means = all <= MostDraws ? AllMeans(values, (int)all) : DrawnMeans(values);
        return new(values.Mean(), means.Quantile((1 - Coverage) / 2), means.Quantile((1 + Coverage) / 2));
    }

    // The digits of a draw's number, to the base of n, say which values it has.
    private static double[] AllMeans(IReadOnlyList<double> values, int draws) =>
        [.. Enumerable.Range(0, draws).Select(draw =>
        {
            var sum = 0.0;
            for (var i = 0; i < values.Count; i++)
            {
                (draw, var chosen) = Math.DivRem(draw, values.Count);
                sum += values[chosen];
            }

            return sum / values.Count;
        })];

    private static double[] DrawnMeans(IReadOnlyList<double> values)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, MostDraws).Select(_ => Enumerable.Range(0, values.Count).Average(_ => values[random.Next(values.Count)]))];
    }
}
