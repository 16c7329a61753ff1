using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using PaperCurves.Report.Html;
using PaperCurves.Sweeps;

namespace PaperCurves.Tests.Report.Html;

/// <summary>Textbook statistics, good enough to develop a page with.</summary>
internal sealed class MadeUpStatistics : IReportStatistics
{
    public Sample Summarize(IReadOnlyList<SampleValue> values)
    {
        var percents = values.Select(value => value.Percent).ToList();
        var (mean, sd) = percents.Count > 1 ? percents.MeanStandardDeviation() : (percents[0], 0);
        var reach = percents.Count > 1 ? StudentT.InvCDF(0, 1, percents.Count - 1, 0.975) * sd / Math.Sqrt(percents.Count) : 0;
        return new Sample(values, mean, sd, mean - reach, mean + reach);
    }

    public SampleComparison Compare(Sample first, Sample second)
    {
        var (n, m) = (first.Values.Count, second.Values.Count);
        var wins = first.Values.Sum(one => second.Values.Sum(other => (1 + Math.Sign(one.Percent - other.Percent)) / 2.0));
        var z = (wins - n * m / 2.0) / Math.Sqrt(n * m * (n + m + 1) / 12.0);
        return new SampleComparison(first.Mean - second.Mean, 2 * Normal.CDF(0, 1, -Math.Abs(z)), 2 * wins / (n * m) - 1);
    }
}
