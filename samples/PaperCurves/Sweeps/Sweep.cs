using PaperCurves.Pretraining;

namespace PaperCurves.Sweeps;

/// <summary>What a sweep file says: networks, and how each of them is transferred.</summary>
/// <param name="File">Name of the file, for messages.</param>
/// <param name="Name">Name of the sweep.</param>
/// <param name="Preset">Where the numbers that are not said come from.</param>
/// <param name="Model">Which network is trained.</param>
/// <param name="Networks">In the order of the file.</param>
/// <param name="Transfers">In the order of the file.</param>
/// <param name="Validation">Further transfers, by which learning rates are chosen; null for none.</param>
public sealed record Sweep(
    string File,
    string Name,
    Preset Preset,
    string Model,
    IReadOnlyList<NetworkSweep> Networks,
    IReadOnlyList<TransferSweep> Transfers,
    ValidationSweep? Validation)
{
    /// <summary>Unseen classes that the data must have.</summary>
    public int TransferClasses => Transfers.Max(transfer => transfer.Settings.Classes) + (Validation?.Classes ?? 0);
}

/// <summary>Networks that differ in the seed alone.</summary>
/// <param name="Name">Their name.</param>
/// <param name="Method">How they are trained.</param>
/// <param name="Zap">Whether rows are reset.</param>
/// <param name="Seeds">One network each.</param>
/// <param name="Adjust">Puts what the file says into the preset's plan.</param>
public sealed record NetworkSweep(
    string Name, Method Method, bool Zap, IReadOnlyList<ulong> Seeds, Func<PretrainingPlan, PretrainingPlan> Adjust);

/// <summary>One way of transfer, at several learning rates, several times.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Settings">Its numbers.</param>
/// <param name="LearningRates">Adam's; empty where no step is made.</param>
/// <param name="Trials">Draws of classes, order and images.</param>
/// <param name="Networks">Names of the networks that are transferred.</param>
/// <param name="Line">Where the file says it.</param>
public sealed record TransferSweep(
    string Name, TransferSettings Settings, IReadOnlyList<double> LearningRates, int Trials, IReadOnlyList<string> Networks, long Line);

/// <summary>Transfers to classes that are held out, by which learning rates are chosen.</summary>
/// <param name="Classes">How many classes.</param>
/// <param name="Trials">Draws of order and images.</param>
public sealed record ValidationSweep(int Classes, int Trials);
