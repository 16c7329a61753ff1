using Zapping.Training.Files;

namespace PaperCurves.Sweeps;

/// <summary>
/// All results of a sweep as tables, one for each protocol, as CSV and as Parquet. Columns are named as in the published
/// tables, with network, seed, transfer and pool before them; accuracies are fractions.
/// </summary>
public static class SweepTables
{
    private const string Csv = ".csv";
    private const string Parquet = ".parquet";
    private const string Unfinished = ".unfinished";

    /// <summary>The files that are written.</summary>
    internal static IReadOnlyList<string> Outputs { get; } =
        [.. from protocol in Enum.GetValues<TransferProtocol>() from ending in new[] { Csv, Parquet } select TableRows.Name(protocol) + ending];

    /// <summary>Writes sequential.*, iid.* and zero-shot.* for the protocols that the sweep has: all of them or, if one fails, none.</summary>
    /// <param name="folder">Where; older tables are replaced.</param>
    /// <param name="cells">Cells whose results are wanted.</param>
    /// <param name="results">Where results are; cells that are not done are passed over.</param>
    /// <param name="cancellationToken">Ends between two portions of rows.</param>
    /// <returns>Path of each table without its ending, and its rows.</returns>
    /// <exception cref="SweepException">A result cannot be used, there is none, or another process is writing them.</exception>
    public static async Task<IReadOnlyList<(string Path, long Rows)>> WriteAsync(
        string folder, IReadOnlyList<TransferCell> cells, ISweepResults results, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(results);
        if (!cells.Any(cell => results.Find(cell) is not null))
        {
            throw new SweepException($"{results.Folder}: there are no results to collect yet");
        }

        var file = Path.Combine(Directory.CreateDirectory(folder).FullName, ".lock");
        using var ours = FileLock.Try(file) ?? throw new SweepException($"{folder}: {FileLock.HolderOf(file)} is writing tables there");
        var tables = new List<(string Path, long Rows)>();
        try
        {
            foreach (var protocol in cells.GroupBy(cell => cell.Settings.Protocol).OrderBy(protocol => protocol.Key))
            {
                var path = Path.Combine(folder, TableRows.Name(protocol.Key));
                tables.Add((path, 0));
                tables[^1] = (path, await WriteUnfinishedAsync(path, protocol.Key, protocol.Select(results.Find).OfType<CellResult>(), cancellationToken).ConfigureAwait(false));
            }
        }
        catch
        {
            tables.ForEach(table => Each(table.Path, (unfinished, _) => File.Delete(unfinished)));
            throw;
        }

        tables.ForEach(table => Each(table.Path, (unfinished, finished) => File.Move(unfinished, finished, overwrite: true)));
        return tables;
    }

    private static Task<long> WriteUnfinishedAsync(string path, TransferProtocol protocol, IEnumerable<CellResult> results, CancellationToken cancellationToken)
    {
        var (csv, parquet) = (path + Csv + Unfinished, path + Parquet + Unfinished);
        return protocol switch
        {
            TransferProtocol.Sequential => TableRows.Sequential.WriteAsync(csv, parquet, results.SelectMany(ClassRow.Of), cancellationToken),
            TransferProtocol.Iid => TableRows.Iid.WriteAsync(csv, parquet, results.SelectMany(PointRow.Of), cancellationToken),
            _ => TableRows.ZeroShot.WriteAsync(csv, parquet, results.SelectMany(PointRow.Of), cancellationToken),
        };
    }

    private static void Each(string path, Action<string, string> act)
    {
        foreach (var file in new[] { path + Csv, path + Parquet })
        {
            act(file + Unfinished, file);
        }
    }
}
