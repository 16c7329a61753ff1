namespace PaperCurves.Runs;

/// <summary>Chooses learning rates without looking at the test.</summary>
public static class RateChoice
{
    // As in results.csv, so that a run in pieces chooses what a run in one piece does.
    private const int Digits = 5;

    /// <summary>
    /// The learning rate whose transfer ends best on held-out classes; of equal ones the lowest.
    /// </summary>
    /// <param name="heldOut">All evaluations of one arm, protocol and trial on held-out classes; at least one.</param>
    public static double Best(IEnumerable<TransferPoint> heldOut) => heldOut
        .GroupBy(point => point.Key.LearningRate)
        .OrderByDescending(rate => Math.Round(rate.MaxBy(point => point.X)!.QueryAccuracy, Digits))
        .ThenBy(rate => rate.Key)
        .First().Key;
}
