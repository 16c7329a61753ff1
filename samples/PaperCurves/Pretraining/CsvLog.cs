using System.Globalization;
using CsvHelper;
using PaperCurves.Data;

namespace PaperCurves.Pretraining;

/// <summary>Rows of a training that goes on, as CSV, each on disk before the next is made.</summary>
internal sealed class CsvLog<TRow> : IDisposable
{
    private readonly CsvWriter _csv;

    /// <summary>Begins a file, or goes on with it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="keeps">Which of the rows that are there already stay; a resumed run makes the others again.</param>
    public CsvLog(string path, Func<TRow, bool> keeps)
    {
        var kept = File.Exists(path) ? Read(path).Where(keeps).ToList() : [];
        _csv = new CsvWriter(new StreamWriter(path), CultureInfo.InvariantCulture);
        _csv.WriteHeader<TRow>();
        _csv.NextRecord();
        kept.ForEach(Write);
        _csv.Flush();
    }

    /// <summary>Reads what was written.</summary>
    /// <exception cref="DataException">The file is damaged; the message names it and the line.</exception>
    public static IReadOnlyList<TRow> Read(string path)
    {
        using var csv = new CsvReader(new StreamReader(path), CultureInfo.InvariantCulture);
        try
        {
            return [.. csv.GetRecords<TRow>()];
        }
        catch (CsvHelperException failure)
        {
            var line = Math.Max(1, failure.Context?.Parser?.RawRow ?? 1);
            throw new DataException(string.Create(CultureInfo.InvariantCulture, $"{path}:{line}: damaged or cut short. Put the file back, or move it away"), failure);
        }
    }

    public void Add(TRow row)
    {
        Write(row);
        _csv.Flush();
    }

    public void Dispose() => _csv.Dispose();

    private void Write(TRow row)
    {
        _csv.WriteRecord(row);
        _csv.NextRecord();
    }
}
