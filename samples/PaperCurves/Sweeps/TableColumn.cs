using Parquet;
using Parquet.Schema;

namespace PaperCurves.Sweeps;

/// <summary>A column of a collected table.</summary>
/// <typeparam name="TRow">What a row is made from.</typeparam>
/// <param name="definition">Name and type.</param>
internal abstract class TableColumn<TRow>(DataField definition)
{
    /// <summary>Name and type.</summary>
    public DataField Field { get; } = definition;

    /// <summary>A column of words.</summary>
    public static TableColumn<TRow> Of(string name, Func<TRow, string> value) => new Words(name, value);

    /// <summary>A column of numbers.</summary>
    public static TableColumn<TRow> Of<TValue>(string name, Func<TRow, TValue> value)
        where TValue : struct => new Numbers<TValue>(name, value);

    /// <summary>A column of numbers that may be missing.</summary>
    public static TableColumn<TRow> Of(string name, Func<TRow, double?> value) => new Measurements(name, value);

    /// <summary>One row's value; null if it is missing.</summary>
    public abstract object? Value(TRow row);

    /// <summary>Writes the values of many rows.</summary>
    public abstract Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyCollection<TRow> rows, CancellationToken cancellationToken);

    private sealed class Words(string name, Func<TRow, string> value) : TableColumn<TRow>(new DataField(name, typeof(string), isNullable: false))
    {
        public override object? Value(TRow row) => value(row);

        public override Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyCollection<TRow> rows, CancellationToken cancellationToken) =>
            group.WriteAsync(Field, [.. rows.Select(value)]);
    }

    private sealed class Numbers<TValue>(string name, Func<TRow, TValue> value) : TableColumn<TRow>(new DataField(name, typeof(TValue), isNullable: false))
        where TValue : struct
    {
        public override object? Value(TRow row) => value(row);

        public override Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyCollection<TRow> rows, CancellationToken cancellationToken) =>
            group.WriteAsync<TValue>(Field, rows.Select(value).ToArray(), cancellationToken: cancellationToken);
    }

    private sealed class Measurements(string name, Func<TRow, double?> value) : TableColumn<TRow>(new DataField(name, typeof(double), isNullable: true))
    {
        public override object? Value(TRow row) => value(row);

        public override Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyCollection<TRow> rows, CancellationToken cancellationToken) =>
            group.WriteAsync<double>(Field, rows.Select(value).ToArray().AsMemory(), cancellationToken: cancellationToken);
    }
}
