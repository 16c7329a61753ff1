using System.Globalization;
using CsvHelper;
using PaperCurves.Experiments;
using PaperCurves.Pretraining;

namespace PaperCurves.Report;

/// <summary>Evaluations as CSV, one row each, written as they come.</summary>
public sealed class ResultsFile : IDisposable
{
    private readonly CsvWriter _csv;
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
        var kept = keep && File.Exists(path) ? Read(path) : [];
        _csv = new CsvWriter(new StreamWriter(path), CultureInfo.InvariantCulture);
        _data = data;
        _method = method;
        _preset = preset;
        _csv.WriteHeader<ResultRow>();
        _csv.NextRecord();
        foreach (var row in kept)
        {
            _csv.WriteRecord(row);
            _csv.NextRecord();
        }

        _csv.Flush();
        Done = kept.Select(row => row.Key).ToHashSet();
    }

    /// <summary>The transfers whose rows an earlier run has left.</summary>
    public IReadOnlySet<TransferKey> Done { get; }

    /// <summary>Adds rows, on disk when this returns.</summary>
    public void Add(IEnumerable<TransferPoint> points)
    {
        foreach (var point in points)
        {
            _csv.WriteRecord(ResultRow.From(point, _data, _method, _preset));
            _csv.NextRecord();
        }

        _csv.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _csv.Dispose();

    /// <summary>Reads what was written.</summary>
    public static IReadOnlyList<ResultRow> Read(string path)
    {
        using var csv = new CsvReader(new StreamReader(path), CultureInfo.InvariantCulture);
        return [.. csv.GetRecords<ResultRow>()];
    }
}
