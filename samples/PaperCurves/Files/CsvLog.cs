using System.Globalization;
using CsvHelper;
using Zapping.Datasets;
using Zapping.Samples;

namespace PaperCurves.Files;

/// <summary>Rows of work that goes on, as CSV, each handed to the system before the next is made.</summary>
internal sealed class CsvLog<TRow> : IDisposable
{
    private readonly CsvWriter _csv;

    /// <summary>Begins a file, or goes on with it. A last line that a killed process has left unfinished is made again.</summary>
    /// <param name="path">The file.</param>
    /// <param name="keeps">Which of the rows that are there already stay; a resumed run makes the others again.</param>
    /// <exception cref="DataException">The file is damaged, and stays as it is; the message names it and the line.</exception>
    public CsvLog(string path, Func<TRow, bool> keeps)
    {
        Kept = File.Exists(path) ? [.. ReadWhole(path).Where(keeps)] : [];
        Write(path, Kept);
        _csv = Writer(new StreamWriter(path, append: true));
    }

    /// <summary>The rows that were there already and stay.</summary>
    public IReadOnlyList<TRow> Kept { get; }

    /// <summary>Reads what was written.</summary>
    /// <exception cref="DataException">The file is damaged; the message names it and the line.</exception>
    public static IReadOnlyList<TRow> Read(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads what was written, but for a last line that a killed process has left unfinished.</summary>
    /// <exception cref="DataException">The file is damaged; the message names it and the line.</exception>
    public static IReadOnlyList<TRow> ReadWhole(string path) => WholeLinesOf(path) is { Length: > 0 } text ? Parse(text, path) : [];

    /// <summary>Writes a whole file of rows, in place of one that is there.</summary>
    public static void Write(string path, IReadOnlyList<TRow> rows) => AtomicFile.Write(path, file => WriteAll(file, rows), overwrite: true);

    /// <summary>Adds a row.</summary>
    public void Add(TRow row) => Add([row]);

    /// <summary>Adds rows that belong together, and are handed to the system together.</summary>
    public void Add(IEnumerable<TRow> rows)
    {
        Write(_csv, rows);
        _csv.Flush();
    }

    public void Dispose() => _csv.Dispose();

    private static CsvWriter Writer(TextWriter text) => FiniteNumber.In(new CsvWriter(text, CultureInfo.InvariantCulture));

    private static string WholeLinesOf(string path)
    {
        var text = File.ReadAllText(path);
        return text[..(text.LastIndexOf('\n') + 1)];
    }

    private static IReadOnlyList<TRow> Parse(string text, string path)
    {
        using var csv = FiniteNumber.In(new CsvReader(new StringReader(text), CultureInfo.InvariantCulture));
        try
        {
            return [.. csv.GetRecords<TRow>()];
        }
        catch (HeaderValidationException failure) when (failure.InvalidHeaders.Length < typeof(TRow).GetProperties().Length)
        {
            var missing = string.Join(", ", failure.InvalidHeaders.Select(header => $"'{header.Names[0]}'"));
            throw new DataException($"{path}:1: another version of the app wrote this file: there is no column {missing}. Give another --out, or move it away", failure);
        }
        catch (CsvHelperException failure)
        {
            var line = Math.Max(1, failure.Context?.Parser?.RawRow ?? 1);
            throw new DataException(string.Create(CultureInfo.InvariantCulture, $"{path}:{line}: damaged or cut short. Put the file back, or move it away"), failure);
        }
    }

    private static void Write(CsvWriter csv, IEnumerable<TRow> rows)
    {
        foreach (var row in rows)
        {
            csv.WriteRecord(row);
            csv.NextRecord();
        }
    }

    private static void WriteAll(Stream file, IReadOnlyList<TRow> rows)
    {
        using var csv = Writer(new StreamWriter(file, leaveOpen: true));
        csv.WriteHeader<TRow>();
        csv.NextRecord();
        Write(csv, rows);
    }
}
