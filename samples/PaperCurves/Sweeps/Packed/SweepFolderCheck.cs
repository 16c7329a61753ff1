using PaperCurves.Pretraining;

namespace PaperCurves.Sweeps.Packed;

/// <summary>Whether the folder of a live sweep can be packed: at rest, finished, and with nothing in it that would be left behind.</summary>
/// <param name="cells">What the sweep asks for.</param>
/// <param name="store">The live sweep.</param>
internal sealed class SweepFolderCheck(SweepCells cells, CellStore store)
{
    /// <param name="partial">Whether cells may be missing.</param>
    /// <exception cref="SweepException">The message names the first cell or file, and the way out.</exception>
    public void EnsureConsistent(bool partial)
    {
        EnsureAtRest();
        EnsureKnown();
        var networks = cells.Networks.Where(cell => store.FindRecord(cell) is not null).ToHashSet();
        var transfers = cells.Transfers.Where(cell => store.Find(cell) is not null).ToList();
        if (transfers.Count == 0)
        {
            throw new SweepException($"{store.Folder}: there are no results to pack");
        }

        if (transfers.Find(cell => !networks.Contains(cell.Network)) is { } orphan)
        {
            throw new SweepException($"{store.ResultPath(orphan)}: its network {orphan.Network.Id} has no {PretrainingFolder.RecordFile} in {store.NetworkFolder(orphan.Network)}. Put it back, or move the result away");
        }

        foreach (var cell in networks)
        {
            EnsureWholeLog(cell);
        }

        if (!partial)
        {
            EnsureFinished(networks, transfers);
        }
    }

    private void EnsureAtRest()
    {
        var ids = cells.Networks.Select(cell => cell.Id).Concat(cells.Transfers.Select(cell => cell.Id));
        if (ids.FirstOrDefault(store.IsTaken) is { } taken)
        {
            throw new SweepException($"{store.Folder}: {store.HolderOf(taken)} is at work on {taken}. Let it end");
        }
    }

    private void EnsureKnown()
    {
        var known = cells.Transfers.Select(store.ResultPath).ToHashSet(StringComparer.Ordinal);
        var networks = cells.Networks.Select(store.NetworkFolder).ToHashSet(StringComparer.Ordinal);
        var unknown = Entries("cells", folder => Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)).Where(file => !known.Contains(file))
            .Concat(Entries("networks", Directory.EnumerateDirectories).Where(folder => !networks.Contains(folder)));
        if (unknown.Order(StringComparer.Ordinal).FirstOrDefault() is { } first)
        {
            throw new SweepException($"{first}: the sweep file asks for no such cell, so packing would leave it behind. Put the sweep file back, or move it away");
        }
    }

    private IEnumerable<string> Entries(string name, Func<string, IEnumerable<string>> enumerate)
    {
        var folder = Path.Combine(store.Folder, name);
        return Directory.Exists(folder) ? enumerate(folder) : [];
    }

    // The report draws recovery from it.
    private void EnsureWholeLog(NetworkCell cell)
    {
        if (cell.Plan.Method != Method.Iid)
        {
            return;
        }

        var steps = store.FindRecord(cell)!.Result.Steps;
        var path = Path.Combine(store.NetworkFolder(cell), PretrainingRun.StepsFile);
        var rows = store.StepsOf(cell);
        if (!rows.Select(row => row.Step).SequenceEqual(Sequence(steps)))
        {
            throw new SweepException(FormattableString.Invariant($"{path}: there are {rows.Count} steps in it, and the network was trained for {steps}. Put the whole file back"));
        }
    }

    private static IEnumerable<long> Sequence(long count)
    {
        for (var i = 1L; i <= count; i++)
        {
            yield return i;
        }
    }

    private void EnsureFinished(HashSet<NetworkCell> networks, List<TransferCell> transfers)
    {
        var found = networks.Select(cell => cell.Id).Concat(transfers.Select(cell => cell.Id)).ToHashSet(StringComparer.Ordinal);
        var missing = cells.Networks.Select(cell => cell.Id).Concat(cells.Transfers.Select(cell => cell.Id)).Where(id => !found.Contains(id)).ToList();
        if (missing.Count > 0)
        {
            throw new SweepException(FormattableString.Invariant($"{store.Folder}: {missing.Count} cells have no result, such as {missing[0]}. 'sweep run' makes them; --partial packs what is there and names what is not"));
        }
    }
}
