using System.Globalization;
using CsvHelper;

namespace PaperCurves.Report.Text;

/// <summary>Tables as CSV.</summary>
internal static class CsvText
{
    /// <summary>A heading and rows; spaces that hold a line together on the page are plain ones here.</summary>
    public static string Of(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = new CsvWriter(text, CultureInfo.InvariantCulture))
        {
            foreach (var row in rows.Prepend(columns))
            {
                foreach (var cell in row)
                {
                    csv.WriteField(cell.Replace('\u00a0', ' '));
                }

                csv.NextRecord();
            }
        }

        return text.ToString();
    }
}
