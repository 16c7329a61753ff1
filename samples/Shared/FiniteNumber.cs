using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using CsvHelper.TypeConversion;

namespace Zapping.Samples;

/// <summary>
/// Numbers in CSV files: a cell is empty where there is no number, so that no table says NaN, and a file that says NaN or
/// infinity is none of ours. No number has thousands, which "0,001" would be 1 with, or spaces.
/// </summary>
internal sealed class FiniteNumber : DoubleConverter
{
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Has a writer write numbers so.</summary>
    public static CsvWriter In(CsvWriter csv)
    {
        csv.Context.TypeConverterCache.AddConverter<double>(new FiniteNumber());
        return csv;
    }

    /// <summary>Has a reader read numbers so; whole ones are digits and nothing else.</summary>
    public static CsvReader In(CsvReader csv)
    {
        csv.Context.TypeConverterCache.AddConverter<double>(new FiniteNumber());
        csv.Context.TypeConverterOptionsCache.GetOptions<int>().NumberStyles = NumberStyles.None;
        csv.Context.TypeConverterOptionsCache.GetOptions<long>().NumberStyles = NumberStyles.None;
        return csv;
    }

    /// <inheritdoc/>
    public override string? ConvertToString(object? value, IWriterRow row, MemberMapData memberMapData) =>
        value is double number && !double.IsFinite(number) ? "" : base.ConvertToString(value, row, memberMapData);

    /// <inheritdoc/>
    public override object? ConvertFromString(string? text, IReaderRow row, MemberMapData memberMapData) =>
        double.TryParse(text, Style, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw new TypeConverterException(this, memberMapData, text, row.Context, $"'{text}' is no number.");
}
