namespace PaperCurves.Sweeps;

/// <summary>
/// All results of a sweep as tables, one for each protocol, as CSV and as Parquet. Columns are named as in the published
/// tables, with network, seed, transfer and pool before them; accuracies are fractions.
/// </summary>
public static class SweepTables
{
    /// <summary>Writes sequential.*, iid.* and zero-shot.* for the protocols that the sweep has.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="cells">Cells whose results are wanted.</param>
    /// <param name="store">Where results are; cells that are not done are passed over.</param>
    /// <param name="cancellationToken">Ends between two portions of rows; the tables before stay.</param>
    /// <returns>Path of each table without its ending, and its rows.</returns>
    /// <exception cref="SweepException">A result cannot be used.</exception>
    public static async Task<IReadOnlyList<(string Path, long Rows)>> WriteAsync(
        string folder, IEnumerable<TransferCell> cells, CellStore store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        Directory.CreateDirectory(folder);
        var tables = new List<(string, long)>();
        foreach (var protocol in cells.GroupBy(cell => cell.Settings.Protocol).OrderBy(protocol => protocol.Key))
        {
            var results = protocol.Select(store.Find).OfType<CellResult>();
            var path = Path.Combine(folder, TableRows.Name(protocol.Key));
            tables.Add((path, await (protocol.Key switch
            {
                TransferProtocol.Sequential => TableRows.Sequential.WriteAsync(path, results.SelectMany(ClassRow.Of), cancellationToken),
                TransferProtocol.Iid => TableRows.Iid.WriteAsync(path, results.SelectMany(PointRow.Of), cancellationToken),
                _ => TableRows.ZeroShot.WriteAsync(path, results.SelectMany(PointRow.Of), cancellationToken),
            }).ConfigureAwait(false)));
        }

        return tables;
    }
}
