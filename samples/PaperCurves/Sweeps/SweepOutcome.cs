namespace PaperCurves.Sweeps;

/// <summary>How much of a sweep one run may make.</summary>
/// <param name="Only">Pattern of ids, with '*' for anything; networks that are needed are made as well.</param>
/// <param name="Time">After this long no further cell is begun; null for no limit.</param>
/// <param name="StopAtFailure">Whether no further cell is begun after one that could not be made.</param>
public sealed record SweepLimits(string Only = "*", TimeSpan? Time = null, bool StopAtFailure = false);

/// <summary>What one run has come to.</summary>
/// <param name="Made">Cells that it has made.</param>
/// <param name="Failures">Cells that it could not make.</param>
/// <param name="Left">Cells that it has not begun, as time was up, or that others were at work on then.</param>
public sealed record SweepOutcome(int Made, IReadOnlyList<CellFailure> Failures, int Left);

/// <summary>A cell that could not be made.</summary>
/// <param name="Id">Which.</param>
/// <param name="Message">Why.</param>
/// <param name="Cause">What was thrown; null if another cell's failure is the reason.</param>
public sealed record CellFailure(string Id, string Message, Exception? Cause = null);
