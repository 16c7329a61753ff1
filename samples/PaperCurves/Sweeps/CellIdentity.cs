using PaperCurves.Pretraining;

namespace PaperCurves.Sweeps;

/// <summary>Everything that makes a cell what it is. A result counts only for a cell of the same identity.</summary>
internal sealed record CellIdentity(
    string Cell,
    string Network,
    ulong Seed,
    string Transfer,
    int Trial,
    double? LearningRate,
    ClassPool Pool,
    TransferSettings Settings,
    string Data,
    PretrainingPlan Plan,
    int Length)
{
    public static CellIdentity Of(TransferCell cell) => new(
        cell.Id,
        cell.Network.Network,
        cell.Network.Plan.Seed,
        cell.Transfer,
        cell.Trial,
        cell.LearningRate,
        cell.Pool,
        cell.Settings,
        cell.Network.Plan.Data,
        cell.Network.Plan.Essence(),
        cell.Network.Plan.Length);

    public static CellIdentity Of(CellResult result) => new(
        result.Cell,
        result.Network,
        result.Seed,
        result.Transfer,
        result.Trial,
        result.LearningRate,
        result.Pool,
        result.Settings,
        result.Data,
        result.Plan.Essence(),
        result.Plan.Length);
}
