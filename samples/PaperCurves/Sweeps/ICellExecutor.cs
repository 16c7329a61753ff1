using PaperCurves.Pretraining;
using PaperCurves.Progress;

namespace PaperCurves.Sweeps;

/// <summary>What a sweep has done for its cells, so that the engine that deals them out knows neither networks nor data.</summary>
public interface ICellExecutor
{
    /// <summary>
    /// Pre-trains a network into a folder: checkpoints, pretraining.json, steps.csv or episodes.csv. Goes on with what an
    /// interrupted call has left there.
    /// </summary>
    /// <param name="cell">Which network.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="reporter">Where to tell how far it is.</param>
    /// <param name="cancellationToken">Saves and ends between two steps.</param>
    void Pretrain(NetworkCell cell, string folder, IProgressReporter reporter, CancellationToken cancellationToken);

    /// <summary>Transfers a network that has been pre-trained.</summary>
    /// <param name="cell">Which network and how.</param>
    /// <param name="networkFolder">Folder of the network.</param>
    /// <param name="reporter">Where to tell how far it is.</param>
    /// <param name="cancellationToken">Ends between two steps; nothing is left behind.</param>
    CellResult Transfer(TransferCell cell, string networkFolder, IProgressReporter reporter, CancellationToken cancellationToken);
}

/// <summary>One pre-training of a sweep.</summary>
/// <param name="Id">"iid-zap-s1": name of the network, seed.</param>
/// <param name="Network">Name of the network.</param>
/// <param name="Plan">All numbers.</param>
public sealed record NetworkCell(string Id, string Network, PretrainingPlan Plan);

/// <summary>One transfer of a sweep.</summary>
/// <param name="Id">"iid-zap-s1/head-lr1e-3-t2": network cell, name of the transfer, learning rate, trial; "-validation" behind it for that pool.</param>
/// <param name="Network">The network that is transferred.</param>
/// <param name="Transfer">Name of the transfer.</param>
/// <param name="Settings">Its numbers.</param>
/// <param name="LearningRate">Adam's; null where no step is made.</param>
/// <param name="Trial">Which draw, counted from 1.</param>
/// <param name="Pool">To which classes.</param>
public sealed record TransferCell(
    string Id, NetworkCell Network, string Transfer, TransferSettings Settings, double? LearningRate, int Trial, ClassPool Pool)
{
    /// <summary>As people read it; the id where nothing better is said.</summary>
    public string Title { get => field ?? Id; init; }
}
