using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace PaperCurves.Sweeps;

/// <summary>What values from several seeds and trials say together.</summary>
public static class Statistics
{
    private const double Confidence = 0.95;

    /// <summary>Mean, spread and confidence interval.</summary>
    /// <param name="values">At least one, in percent.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Sample Of(IReadOnlyList<SampleValue> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
        {
            throw new ArgumentException("A sample needs at least one value.", nameof(values));
        }

        var percents = values.Select(value => value.Percent).ToList();
        var mean = percents.Mean();
        if (values.Count == 1)
        {
            return new Sample(values, mean, 0, mean, mean);
        }

        var sd = percents.StandardDeviation();
        var half = StudentT.InvCDF(0, 1, values.Count - 1, (1 + Confidence) / 2) * sd / Math.Sqrt(values.Count);
        return new Sample(values, mean, sd, mean - half, mean + half);
    }
}
