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

    /// <summary>The percentile bootstrap of the mean, by 10,000 draws of a generator of its own. It is too narrow for few values: of normal ones it covers the mean in 84 % of cases at 5, 90 % at 10.</summary>
    public static Estimate Bootstrap(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
        {
            return new(values.Mean(), double.NaN, double.NaN);
        }

        const int Draws = 10_000;
        var random = new Random(1);
        var means = new double[Draws];
        for (var draw = 0; draw < Draws; draw++)
        {
            var sum = 0.0;
            for (var i = 0; i < values.Count; i++)
            {
                sum += values[random.Next(values.Count)];
            }

            means[draw] = sum / values.Count;
        }

        return new(values.Mean(), means.Quantile((1 - Coverage) / 2), means.Quantile((1 + Coverage) / 2));
    }
}
