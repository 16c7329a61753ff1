namespace PaperCurves.Sweeps.Packed;

/// <summary>Opens the results of a sweep in whichever form they are.</summary>
public static class SweepResults
{
    /// <summary>The results in a folder: packed if it holds runs.json, otherwise those of a live sweep, which may have none yet.</summary>
    /// <exception cref="SweepException">They are packed, and damaged.</exception>
    public static ISweepResults In(string folder) => PackedSweep.IsIn(folder) ? PackedSweep.Open(folder) : new CellStore(folder);
}
