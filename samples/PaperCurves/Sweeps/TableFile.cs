using System.Globalization;
using CsvHelper;
using Parquet;
using Parquet.Schema;

namespace PaperCurves.Sweeps;

/// <summary>Writes a table as CSV and as Parquet, in one pass over rows that are made as they are asked for.</summary>
/// <typeparam name="TRow">What a row is made from.</typeparam>
/// <param name="columns">In order.</param>
internal sealed class TableFile<TRow>(IReadOnlyList<TableColumn<TRow>> columns)
{
    private const int RowsInMemory = 50_000;

    /// <summary>Writes both files.</summary>
    /// <param name="csvPath">The CSV file, replaced if it exists.</param>
    /// <param name="parquetPath">The Parquet file, replaced if it exists.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="cancellationToken">Ends between two portions of rows.</param>
    /// <returns>How many rows there are.</returns>
    public async Task<long> WriteAsync(string csvPath, string parquetPath, IEnumerable<TRow> rows, CancellationToken cancellationToken)
    {
        var schema = new ParquetSchema(columns.Select(column => column.Field));
        var csv = new CsvWriter(new StreamWriter(csvPath), CultureInfo.InvariantCulture);
        await using var ofCsv = csv.ConfigureAwait(false);
        var file = File.Create(parquetPath);
        await using var ofFile = file.ConfigureAwait(false);
        var parquet = await ParquetWriter.CreateAsync(schema, file, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var ofParquet = parquet.ConfigureAwait(false);
        await WriteRowAsync(csv, columns.Select(column => column.Field.Name)).ConfigureAwait(false);
        var count = 0L;
        foreach (var portion in rows.Chunk(RowsInMemory))
        {
            foreach (var row in portion)
            {
                await WriteRowAsync(csv, columns.Select(column => column.Value(row))).ConfigureAwait(false);
            }

            using var group = parquet.CreateRowGroup();
            foreach (var column in columns)
            {
                await column.WriteAsync(group, portion, cancellationToken).ConfigureAwait(false);
            }

            count += portion.Length;
        }

        return count;
    }

    private static Task WriteRowAsync(CsvWriter csv, IEnumerable<object?> fields)
    {
        foreach (var field in fields)
        {
            csv.WriteField(field);
        }

        return csv.NextRecordAsync();
    }
}
