using System.Security.Cryptography;
using PaperCurves.Pretraining;

namespace PaperCurves.Sweeps.Packed;

/// <summary>Results of a sweep that were packed into runs.json, a table of all points and a table of all steps of pre-training.</summary>
public sealed class PackedSweep : ISweepResults
{
    internal const string WayOut = "Put back the files that were packed";

    private readonly PackedRun _run;
    private readonly string _runsFile;
    private readonly Dictionary<string, CellResult> _cells;
    private readonly Dictionary<string, PretrainingRecord> _networks;
    private readonly Dictionary<string, MissingCell> _missing;
    private readonly ILookup<string, StepRow> _steps;

    private PackedSweep(string folder, PackedRun run, IReadOnlyList<PackedPoint> points, IReadOnlyList<PackedStep> steps)
    {
        Folder = folder;
        _run = run;
        _runsFile = Path.Combine(folder, PackedRunFile.Name);
        var pointsOf = points.ToLookup(point => point.Cell, StringComparer.Ordinal);
        _cells = run.Cells.ToDictionary(cell => cell.Id, cell => Unpack(cell, pointsOf[cell.Id]), StringComparer.Ordinal);
        _networks = run.Networks.ToDictionary(network => network.Id, Unpack, StringComparer.Ordinal);
        _missing = run.Missing.ToDictionary(cell => cell.Id, StringComparer.Ordinal);
        _steps = steps.ToLookup(step => step.Network, step => step.Row(), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public string Folder { get; }

    /// <summary>Whether a folder holds a packed sweep.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, PackedRunFile.Name));

    /// <summary>Reads everything.</summary>
    /// <exception cref="SweepException">A file is missing, damaged, or not the one that was packed.</exception>
    public static PackedSweep Open(string folder)
    {
        var path = Path.GetFullPath(folder);
        return Read(path, name => File.Exists(Path.Combine(path, name))
            ? File.ReadAllBytes(Path.Combine(path, name))
            : throw SweepException.At(Path.Combine(path, PackedRunFile.Name), 1, $"it names {name}, and there is no such file beside it. {WayOut}"));
    }

    /// <summary>Reads everything.</summary>
    /// <param name="folder">The folder, for messages.</param>
    /// <param name="fileOf">The bytes of a file of a name.</param>
    internal static PackedSweep Read(string folder, Func<string, byte[]> fileOf)
    {
        var path = Path.Combine(folder, PackedRunFile.Name);
        var run = PackedRunFile.Read(fileOf(PackedRunFile.Name), path);
        try
        {
            return new PackedSweep(folder, run, PackedTable.Read<PackedPoint>(Checked(PackedTable.Points)), PackedTable.Read<PackedStep>(Checked(PackedTable.Steps)));
        }
        catch (Exception failure) when (failure is ArgumentException)
        {
            // A place that is not there, or an id that is there twice.
            throw SweepException.At(path, 1, $"damaged ({failure.Message}). {WayOut}", failure);
        }

        byte[] Checked(string name)
        {
            var bytes = fileOf(name);
            return run.Tables.TryGetValue(name, out var hash) && hash == HashOf(bytes)
                ? bytes
                : throw SweepException.At(path, 1, $"{name} is not the file that was packed with it: its SHA-256 is {HashOf(bytes)}, not {hash ?? "known"}. {WayOut}");
        }
    }

    /// <inheritdoc/>
    public PretrainingRecord? FindRecord(NetworkCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        if (!_networks.TryGetValue(cell.Id, out var record))
        {
            return null;
        }

        var name = $"{_runsFile}: {cell.Id}";
        CellCheck.EnsureSameVersion(record.Circumstances.OtherVersion(), name);
        CellCheck.EnsureOf(cell.Plan, record.Plan, name);
        return record;
    }

    /// <inheritdoc/>
    public IReadOnlyList<StepRow> StepsOf(NetworkCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return [.. _steps[cell.Id]];
    }

    /// <inheritdoc/>
    public CellResult? Find(TransferCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        if (_cells.GetValueOrDefault(cell.Id) is not { } result)
        {
            return null;
        }

        new CellCheck(_runsFile, WayOut).EnsureUsable(cell, result);
        return result;
    }

    /// <inheritdoc/>
    public string? FindFailure(string id) => _missing.GetValueOrDefault(id)?.Failure;

    /// <inheritdoc/>
    public bool IsTaken(string id) => false;

    /// <summary>Ids of everything that is packed.</summary>
    internal IEnumerable<string> Ids => _networks.Keys.Concat(_cells.Keys);

    internal static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private PretrainingRecord Unpack(PackedNetwork network) => new(
        _run.Plans[network.Plan], network.DataSource, network.Result, _run.Circumstances[network.Circumstances]);

    private CellResult Unpack(PackedCell cell, IEnumerable<PackedPoint> points)
    {
        var plan = _run.Plans[cell.Plan];
        var result = new CellResult
        {
            Cell = cell.Id,
            Network = cell.Network,
            Seed = plan.Seed,
            Transfer = cell.Transfer,
            Trial = cell.Trial,
            LearningRate = cell.LearningRate,
            Pool = cell.Pool,
            Settings = _run.Settings[cell.Settings],
            Plan = plan,
            Data = plan.Data,
            Points = [.. points.Select(point => point.Point())],
            Seconds = cell.Seconds,
            Circumstances = _run.Circumstances[cell.Circumstances],
        };
        foreach (var point in result.Points)
        {
            point.Query.HitsOf(result, point);
            point.Support?.HitsOf(result, point);
        }

        return result;
    }
}
