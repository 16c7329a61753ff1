using CsvHelper;
using CsvHelper.Configuration;
using CsvHelper.TypeConversion;

namespace PaperCurves.Report;

/// <summary>
/// Numbers in CSV files: a cell is empty where there is no number, so that no table says NaN, and a file that says NaN or
/// infinity is none of ours.
/// </summary>
internal sealed class FiniteNumber : DoubleConverter
{
    /// <summary>Has a writer write numbers so.</summary>
    public static CsvWriter In(CsvWriter csv)
    {
        csv.Context.TypeConverterCache.AddConverter<double>(new FiniteNumber());
        return csv;
    }

    /// <summary>Has a reader read numbers so.</summary>
    public static CsvReader In(CsvReader csv)
    {
        csv.Context.TypeConverterCache.AddConverter<double>(new FiniteNumber());
        return csv;
    }

    /// <inheritdoc/>
    public override string? ConvertToString(object? value, IWriterRow row, MemberMapData memberMapData) =>
        value is double number && !double.IsFinite(number) ? "" : base.ConvertToString(value, row, memberMapData);

    /// <inheritdoc/>
    public override object? ConvertFromString(string? text, IReaderRow row, MemberMapData memberMapData)
    {
        var value = base.ConvertFromString(text, row, memberMapData);
        return value is double number && !double.IsFinite(number)
            ? throw new TypeConverterException(this, memberMapData, text, row.Context, $"'{text}' is no number.")
            : value;
    }
}
