using PaperCurves.Sweeps;

namespace PaperCurves.Runs;

/// <summary>Chooses learning rates without looking at the test.</summary>
public static class RateChoice
{
    // Means of the same hits may differ in their last bits, and are equal all the same.
    private const int Digits = 5;

    /// <summary>
    /// The learning rate whose transfer ends best on held-out classes; of equal ones the lowest.
    /// </summary>
    /// <param name="heldOut">The transfers of one network, kind and trial to held-out classes; at least one.</param>
    public static double Best(IReadOnlyList<CellResult> heldOut) => heldOut
        .OrderByDescending(cell => Math.Round(cell.Points[^1].Query.Top1, Digits))
        .ThenBy(cell => cell.LearningRate)
        .First().LearningRate!.Value;
}
