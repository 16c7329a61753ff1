using PaperCurves.Pretraining;
using Zapping.CommandLine;
using Zapping.Datasets;
using Zapping.Training.Files;

namespace PaperCurves.Sweeps;

/// <summary>
/// What a sweep has made, in one folder that several processes may share: networks/ID, cells/ID.json,
/// cells/ID.failed.txt and locks/ID.lock. Nothing that is finished is ever deleted or overwritten.
/// </summary>
/// <param name="folder">The folder; made when something is written.</param>
/// <param name="networkFolder">Where a network is, if it is not in networks/ID.</param>
public sealed class CellStore(string folder, Func<NetworkCell, string>? networkFolder = null) : ISweepResults
{
    /// <summary>The folders that are written.</summary>
    internal static IReadOnlyList<string> Outputs { get; } = ["networks/", "cells/", "locks/"];

    /// <summary>Where everything is.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>The folder of a network.</summary>
    public string NetworkFolder(NetworkCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return networkFolder?.Invoke(cell) ?? PathOf("networks", cell.Id, "");
    }

    /// <summary>
    /// What a network's pre-training ended with; null if it has not come to its end. Who trains it replaces checkpoints, so
    /// ask only under the claim to it.
    /// </summary>
    /// <exception cref="DataException">Its checkpoints are damaged, of another version, of another plan, or gone.</exception>
    public PretrainingResult? Find(NetworkCell cell)
    {
        var network = NetworkFolder(cell);
        if (PretrainingFolder.CheckpointsIn(network).Count == 0)
        {
            return FindRecord(cell) is not null
                ? throw new SweepException(
                    $"{network}: its training is finished, but its checkpoints are gone. "
                    + "Put them back, or move the network's folder away to train it again")
                : null;
        }

        try
        {
            var (plan, result, checkpoint) = PretrainedNetwork.Progress(network);
            CellCheck.EnsureSameVersion(Circumstances.OtherVersion(checkpoint.LibraryVersion), checkpoint.Path);
            CellCheck.EnsureOf(cell.Plan, plan, network);
            return result;
        }
        catch (DataException failure) when (failure is not SweepException)
        {
            throw new SweepException($"{failure.Message}. Move the network's folder away to train it again", failure);
        }
    }

    /// <summary>
    /// The record of a network that is finished; null if it is not. It lies beside the checkpoints, and is enough where these
    /// have not been kept.
    /// </summary>
    /// <exception cref="DataException">It is damaged, of another version, or of another plan.</exception>
    public PretrainingRecord? FindRecord(NetworkCell cell)
    {
        var network = NetworkFolder(cell);
        var record = PretrainingRecord.Find(network);
        if (record is not null)
        {
            CellCheck.EnsureSameVersion(record.Circumstances.OtherVersion(), Path.Combine(network, PretrainingFolder.RecordFile));
            CellCheck.EnsureOf(cell.Plan, record.Plan, network);
        }

        return record;
    }

    /// <inheritdoc/>
    public IReadOnlyList<StepRow> StepsOf(NetworkCell cell)
    {
        var steps = Path.Combine(NetworkFolder(cell), PretrainingRun.StepsFile);
        return File.Exists(steps) ? StepLog.Read(steps) : [];
    }

    /// <inheritdoc/>
    public CellResult? Find(TransferCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        var path = ResultPath(cell);
        return File.Exists(path) ? CellFile.Read(path, cell) : null;
    }

    /// <summary>Every result that is there, of whatever sweep, in the order of ids.</summary>
    /// <exception cref="SweepException">One is damaged, or of another version.</exception>
    public IReadOnlyList<CellResult> All()
    {
        var cells = Path.Combine(Folder, "cells");
        return Directory.Exists(cells)
            ? [.. Directory.EnumerateFiles(cells, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => CellFile.Read(path, cell: null))]
            : [];
    }

    /// <summary>Writes the result of a transfer: whole, or not at all.</summary>
    /// <exception cref="SweepException">The result is not the cell's.</exception>
    /// <exception cref="IOException">It cannot be written, or is there already.</exception>
    public void Save(TransferCell cell, CellResult result)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(result);
        var path = ResultPath(cell);
        CellCheck.EnsureOf(cell, result, path);
        CellFile.Write(path, result);
    }

    /// <inheritdoc/>
    public string? FindFailure(string id) => File.Exists(FailurePath(id)) ? File.ReadAllText(FailurePath(id)) : null;

    /// <summary>Notes why a cell could not be made.</summary>
    public void SaveFailure(string id, Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var path = FailurePath(id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, string.Join(Environment.NewLine, Failure.Reason(failure), "", failure, ""));
    }

    /// <summary>Forgets an earlier failure, once the cell has been made.</summary>
    public void ForgetFailure(string id)
    {
        if (File.Exists(FailurePath(id)))
        {
            File.Delete(FailurePath(id));
        }
    }

    /// <inheritdoc/>
    public bool IsTaken(string id) => FileLock.IsTaken(LockPath(id));

    /// <summary>Who is at work on a cell that is taken, in words.</summary>
    internal string HolderOf(string id) => FileLock.HolderOf(LockPath(id));

    /// <summary>The right to work on a cell; null if another process, or another caller in this one, has it.</summary>
    internal FileLock? Claim(string id)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(LockPath(id))!);
        return FileLock.Try(LockPath(id));
    }

    /// <summary>The file of a transfer's result.</summary>
    internal string ResultPath(TransferCell cell) => PathOf("cells", cell.Id, ".json");

    private string FailurePath(string id) => PathOf("cells", id, ".failed.txt");

    private string LockPath(string id) => PathOf("locks", id, ".lock");

    private string PathOf(string room, string id, string ending) => Path.Combine([Folder, room, .. CellId.Parts(id)]) + ending;
}
