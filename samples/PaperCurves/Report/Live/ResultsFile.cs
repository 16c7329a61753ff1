using PaperCurves.Files;
using PaperCurves.Pretraining;
using PaperCurves.Runs;
using PaperCurves.Sweeps;
using Zapping.Datasets;

namespace PaperCurves.Report.Live;

/// <summary>Evaluations as CSV, one row each, written as they come.</summary>
public sealed class ResultsFile : IDisposable
{
    private readonly CsvLog<ResultRow> _log;
    private readonly string _data;
    private readonly Method _method;
    private readonly Preset _preset;

    /// <summary>Begins a file, or goes on with it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">Name of the data set.</param>
    /// <param name="method">How the networks were pre-trained.</param>
    /// <param name="preset">The experiment.</param>
    /// <param name="keep">Whether rows of an earlier run stay; otherwise an old file is replaced.</param>
    public ResultsFile(string path, string data, Method method, Preset preset, bool keep = false)
    {
        _log = new CsvLog<ResultRow>(path, _ => keep);
        _data = data;
        _method = method;
        _preset = preset;
        Kept = _log.Kept;
    }

    /// <summary>Checks whether a run can go on with a file, before anything is written.</summary>
    /// <exception cref="DataException">It is damaged, or of another experiment, whose rows cannot share a picture.</exception>
    internal static void EnsureGoesOn(RunSettings settings, ClassificationData data, string path)
    {
        if (!settings.Resume || !File.Exists(path))
        {
            return;
        }

        foreach (var row in CsvLog<ResultRow>.ReadWhole(path))
        {
            var classes = row.Pool == ClassPool.Test.Key() ? settings.Preset.TransferClasses : settings.Preset.HeldOutClasses;
            var ours = (data.Name, settings.Preset.Name, settings.Method.Key(), classes);
            var its = (row.Dataset, row.Preset, row.Pretraining, row.Classes);
            if (its != ours)
            {
                throw new DataException($"{path}: its results are of another experiment: {its}, not {ours}. Give the same options, or another --out.");
            }

            if (!Enum.GetValues<Arm>().Any(arm => arm.Key() == row.Reset) || !RunKinds.All.Any(kind => kind.Key == row.Transfer))
            {
                throw new DataException($"{path}: there is no transfer '{row.Transfer}' with reset '{row.Reset}'. Put the file back, or move it away.");
            }
        }
    }

    /// <summary>What an earlier run has left.</summary>
    public IReadOnlyList<ResultRow> Kept { get; }

    /// <summary>Adds rows, on disk when this returns.</summary>
    public void Add(IEnumerable<TransferPoint> points) => _log.Add(points.Select(point => ResultRow.From(point, _data, _method, _preset)));

    /// <inheritdoc/>
    public void Dispose() => _log.Dispose();

    /// <summary>Reads what was written.</summary>
    /// <exception cref="DataException">The file is damaged; the message names it and the line.</exception>
    public static IReadOnlyList<ResultRow> Read(string path) => CsvLog<ResultRow>.Read(path);
}
