using PaperCurves.Sweeps;

namespace PaperCurves.Tests.Sweeps;

/// <summary>Samples of one seed.</summary>
internal static class Samples
{
    /// <summary>One trial for each accuracy, in percent.</summary>
    public static Sample Of(params double[] percents) => Statistics.Of([.. percents.Select((percent, i) => new SampleValue(1, i + 1, percent))]);
}
