using System.Text.Json;
using PaperCurves.Files;
using PaperCurves.Pretraining;
using Zapping.Datasets;

namespace PaperCurves.Sweeps.Packed;

/// <summary>Packs what a live sweep has made into runs.json and two tables, which are kept where hundreds of files would be in the way.</summary>
/// <param name="sweep">Name of the sweep.</param>
/// <param name="cells">What it asks for.</param>
/// <param name="store">The live sweep.</param>
public sealed class SweepPacker(string sweep, SweepCells cells, CellStore store)
{
    private readonly Places<TransferSettings> _settings = new();
    private readonly Places<PretrainingPlan> _plans = new();
    private readonly Places<Circumstances> _circumstances = new();

    /// <summary>The files that are written, runs.json last: a folder without it is no packed sweep.</summary>
    internal static IReadOnlyList<string> Outputs { get; } = [PackedTable.Points, PackedTable.Steps, PackedRunFile.Name];

    /// <summary>Looks at everything, packs it, reads it again, compares, and only then writes.</summary>
    /// <param name="folder">Where the files go.</param>
    /// <param name="partial">Whether cells may be missing; they are named in runs.json.</param>
    /// <returns>How many cells were packed, networks among them, and how many are missing.</returns>
    /// <exception cref="DataException">
    /// The sweep is not finished, somebody is at work on it, a file is damaged or belongs to no cell, or the folder holds a packed sweep.
    /// </exception>
    public (int Packed, int Missing) Pack(string folder, bool partial)
    {
        EnsureFree(folder);
        new SweepFolderCheck(cells, store).EnsureConsistent(partial);
        var files = Files();
        EnsureSame(PackedSweep.Read(folder, name => files[name]));
        foreach (var name in Outputs)
        {
            AtomicFile.Write(Path.Combine(folder, name), file => file.Write(files[name]), overwrite: false);
        }

        var packed = PackedSweep.Open(folder).Ids.Count();
        return (packed, cells.Networks.Count + cells.Transfers.Count - packed);
    }

    private void EnsureFree(string folder)
    {
        if (Path.GetFullPath(folder) == store.Folder)
        {
            throw new SweepException($"{folder}: this is the folder of the live sweep itself. Give another --out");
        }

        if (Outputs.FirstOrDefault(name => File.Exists(Path.Combine(folder, name))) is { } there)
        {
            throw new SweepException($"{Path.Combine(folder, there)}: a packed sweep is here already. Move it away, or give another --out");
        }
    }

    private Dictionary<string, byte[]> Files()
    {
        var (points, steps) = (new List<PackedPoint>(), new List<PackedStep>());
        var networks = new List<PackedNetwork>();
        foreach (var cell in cells.Networks)
        {
            if (store.FindRecord(cell) is { } record)
            {
                networks.Add(Pack(cell, record));
                steps.AddRange(store.StepsOf(cell).Select(row => PackedStep.Of(cell.Id, row)));
            }
        }

        var transfers = new List<PackedCell>();
        foreach (var cell in cells.Transfers)
        {
            if (store.Find(cell) is { } result)
            {
                transfers.Add(Pack(cell, result));
                points.AddRange(PackedPoint.Of(result));
            }
        }

        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [PackedTable.Points] = PackedTable.Write(points),
            [PackedTable.Steps] = PackedTable.Write(steps),
        };
        var found = networks.Select(network => network.Id).Concat(transfers.Select(cell => cell.Id)).ToHashSet(StringComparer.Ordinal);
        var missing = cells.Networks.Select(cell => cell.Id).Concat(cells.Transfers.Select(cell => cell.Id))
            .Where(id => !found.Contains(id))
            .Select(id => new MissingCell(id, store.FindFailure(id)?.Split(Environment.NewLine)[0]));
        var run = new PackedRun(
            PackedRun.CurrentFormat,
            sweep,
            new Circumstances(),
            files.ToDictionary(file => file.Key, file => PackedSweep.HashOf(file.Value), StringComparer.Ordinal),
            _settings.Values,
            _plans.Values,
            _circumstances.Values,
            networks,
            transfers,
            [.. missing]);
        files.Add(PackedRunFile.Name, PackedRunFile.Write(run));
        return files;
    }

    private PackedNetwork Pack(NetworkCell cell, PretrainingRecord record)
    {
        var folder = store.NetworkFolder(cell);
        var files = new[] { PretrainingFolder.RecordFile, PretrainingRun.StepsFile, PretrainingRun.EpisodesFile }
            .Where(name => File.Exists(Path.Combine(folder, name)))
            .ToDictionary(name => name, name => PackedSweep.HashOf(File.ReadAllBytes(Path.Combine(folder, name))), StringComparer.Ordinal);
        return new PackedNetwork(cell.Id, _plans.Of(record.Plan), record.DataSource, record.Result, _circumstances.Of(record.Circumstances), files);
    }

    private PackedCell Pack(TransferCell cell, CellResult result) => new(
        cell.Id,
        result.Network,
        result.Transfer,
        result.Trial,
        result.LearningRate,
        result.Pool,
        _settings.Of(result.Settings),
        _plans.Of(result.Plan),
        _circumstances.Of(result.Circumstances),
        result.Seconds,
        PackedSweep.HashOf(File.ReadAllBytes(store.ResultPath(cell))));

    // The originals may be thrown away afterwards, so every bit must have come through.
    private void EnsureSame(PackedSweep packed)
    {
        foreach (var cell in cells.Networks)
        {
            EnsureSame(cell.Id, store.FindRecord(cell), packed.FindRecord(cell));
            EnsureSame(cell.Id, store.StepsOf(cell), packed.StepsOf(cell));
        }

        foreach (var cell in cells.Transfers)
        {
            EnsureSame(cell.Id, store.Find(cell), packed.Find(cell));
        }
    }

    private static void EnsureSame<T>(string id, T live, T packed)
    {
        if (JsonSerializer.Serialize(live, JsonDefaults.Options) != JsonSerializer.Serialize(packed, JsonDefaults.Options))
        {
            throw new InvalidOperationException($"{id} does not come out of the packed files as it went in; nothing was written.");
        }
    }
}
