using System.ComponentModel.DataAnnotations;

namespace Zapping.Training.Evaluation;

/// <summary>How a <see cref="RecoveryCurve"/> is read off a series of levels.</summary>
public sealed record RecoveryOptions
{
    /// <summary>
    /// The level before an event is the mean over so many steps before it; at least 1, default 10. Points from before the
    /// preceding event do not count.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int WindowBefore { get; set; } = 10;

    /// <summary>
    /// How many points a moving average takes in: each level after an event becomes the mean of itself and the points before
    /// it that lie after the event, so neither does a later level show early nor an event blur. At least 1; default 1, no smoothing.
    /// </summary>
    /// <remarks>
    /// The accuracy of single batches scatters, and one lucky batch counts as a recovery; the average waits for several, and delays
    /// a recovery by up to as many points.
    /// </remarks>
    [Range(1, int.MaxValue)]
    public int MovingAverage { get; set; } = 1;
}
