using PaperCurves.Pretraining;

namespace PaperCurves.Sweeps.Packed;

/// <summary>All that a packed sweep holds beside its tables: what runs.json says. What many runs share is there once, and they name its place.</summary>
/// <param name="Format">What the properties mean; files of another format are refused.</param>
/// <param name="Sweep">Name of the sweep.</param>
/// <param name="Packed">Command, machine and versions that packed it.</param>
/// <param name="Tables">SHA-256 of each table, by name.</param>
/// <param name="Settings">Settings of transfers.</param>
/// <param name="Plans">Plans of pre-trainings.</param>
/// <param name="Circumstances">Commands, machines and versions that made networks and cells.</param>
/// <param name="Networks">Networks that are finished.</param>
/// <param name="Cells">Transfers that are finished.</param>
/// <param name="Missing">What the sweep file asks for besides.</param>
internal sealed record PackedRun(
    int Format,
    string Sweep,
    Circumstances Packed,
    IReadOnlyDictionary<string, string> Tables,
    IReadOnlyList<TransferSettings> Settings,
    IReadOnlyList<PretrainingPlan> Plans,
    IReadOnlyList<Circumstances> Circumstances,
    IReadOnlyList<PackedNetwork> Networks,
    IReadOnlyList<PackedCell> Cells,
    IReadOnlyList<MissingCell> Missing)
{
    /// <summary>The <see cref="Format"/> that this version of the app writes and reads.</summary>
    public const int CurrentFormat = 1;
}

/// <summary>One pre-training.</summary>
/// <param name="Id">Its id in the sweep.</param>
/// <param name="Plan">Place among the plans.</param>
/// <param name="DataSource">Where its data came from.</param>
/// <param name="Result">What it ended with.</param>
/// <param name="Circumstances">Place among the circumstances.</param>
/// <param name="Sha256">SHA-256 of each file that it was packed from, by name.</param>
internal sealed record PackedNetwork(
    string Id, int Plan, string DataSource, PretrainingResult Result, int Circumstances, IReadOnlyDictionary<string, string> Sha256);

/// <summary>One transfer; its evaluations are in the table of points.</summary>
/// <param name="Id">Its id in the sweep, which is also its path below the live sweep's folder of cells.</param>
/// <param name="Network">Name of the network; its seed is the plan's.</param>
/// <param name="Transfer">Name of the transfer.</param>
/// <param name="Trial">Which draw.</param>
/// <param name="LearningRate">Adam's; null where no step is made.</param>
/// <param name="Pool">To which classes.</param>
/// <param name="Settings">Place among the settings.</param>
/// <param name="Plan">Place among the plans.</param>
/// <param name="Circumstances">Place among the circumstances.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Sha256">SHA-256 of the file that it was packed from.</param>
internal sealed record PackedCell(
    string Id,
    string Network,
    string Transfer,
    int Trial,
    double? LearningRate,
    ClassPool Pool,
    int Settings,
    int Plan,
    int Circumstances,
    double Seconds,
    string Sha256);

/// <summary>A cell without a result.</summary>
/// <param name="Id">Its id in the sweep.</param>
/// <param name="Failure">In one line, why it could not be made; null if nobody has tried.</param>
internal sealed record MissingCell(string Id, string? Failure);
