using PaperCurves.Pretraining;
using Zapping.Datasets;

namespace PaperCurves.Sweeps;

/// <summary>Results of a sweep, wherever they are: in the folder of a live sweep, or packed into a few files.</summary>
public interface ISweepResults
{
    /// <summary>The folder that holds them.</summary>
    string Folder { get; }

    /// <summary>The record of a network that is finished; null if it is not.</summary>
    /// <exception cref="DataException">It is damaged, of another version, or of another plan.</exception>
    PretrainingRecord? FindRecord(NetworkCell cell);

    /// <summary>Every step of a network's i.i.d. pre-training; empty for other methods, and where no log was kept.</summary>
    /// <exception cref="DataException">The log is damaged.</exception>
    IReadOnlyList<StepRow> StepsOf(NetworkCell cell);

    /// <summary>The result of a transfer; null if there is none.</summary>
    /// <exception cref="SweepException">It is damaged, of another version, or of other settings.</exception>
    CellResult? Find(TransferCell cell);

    /// <summary>Why a cell could not be made the last time, the reason in the first line; null if it could, or nobody has tried.</summary>
    string? FindFailure(string id);

    /// <summary>Whether a process is at work on a cell.</summary>
    bool IsTaken(string id);
}
