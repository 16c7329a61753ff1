using System.IO.Compression;
using Parquet;
using Parquet.Serialization;

namespace PaperCurves.Sweeps.Packed;

/// <summary>Tables of a packed sweep as Parquet: columns have types, numbers keep all their bits, and most tools read it.</summary>
internal static class PackedTable
{
    public const string Points = "points.parquet";

    public const string Steps = "steps.parquet";

    private static readonly ParquetOptions Options = new() { CompressionMethod = CompressionMethod.Gzip, CompressionLevel = CompressionLevel.SmallestSize };

    /// <summary>The bytes of a table's file.</summary>
    public static byte[] Write<TRow>(IReadOnlyCollection<TRow> rows)
    {
        using var file = new MemoryStream();
        ParquetSerializer.SerializeAsync(rows, file, Options).GetAwaiter().GetResult();
        return file.ToArray();
    }

    /// <summary>The rows of a table's file.</summary>
    public static IReadOnlyList<TRow> Read<TRow>(byte[] bytes)
        where TRow : class, new()
    {
        using var file = new MemoryStream(bytes);
        return [.. ParquetSerializer.DeserializeAsync<TRow>(file).GetAwaiter().GetResult().Data];
    }
}
