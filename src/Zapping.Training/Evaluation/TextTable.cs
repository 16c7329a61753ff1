using System.Globalization;
using System.Text;

namespace Zapping.Training.Evaluation;

/// <summary>Results as people and programs read them: aligned columns, Markdown, or comma-separated values. Numbers are written the same way in every culture, and lines end with a line feed.</summary>
/// <param name="header">The columns' names.</param>
internal sealed class TextTable(params IReadOnlyList<string> header)
{
    private readonly List<IReadOnlyList<Cell>> _rows = [];

    /// <param name="names">Names that were given, or null.</param>
    /// <param name="count">How many there must be.</param>
    /// <param name="what">Of what, for the message.</param>
    /// <returns>A copy, or null.</returns>
    /// <exception cref="ArgumentException">There is another number of names, or one is null.</exception>
    public static IReadOnlyList<string>? EnsureNames(IReadOnlyList<string>? names, int count, string what)
    {
        if (names is not null && (names.Count != count || names.Any(name => name is null)))
        {
            throw new ArgumentException($"There are {names.Count} names of a {what} for {count} of them; each needs one.", nameof(names));
        }

        return names is null ? null : Array.AsReadOnly(names.ToArray());
    }

    /// <summary>The name of one of several, or its number.</summary>
    public static string NameOf(IReadOnlyList<string>? names, int index) => index < names?.Count ? names[index] : index.ToString(CultureInfo.InvariantCulture);

    /// <param name="cells">As many as the header has.</param>
    public void Add(params IReadOnlyList<Cell> cells) => _rows.Add(cells);

    /// <summary>Columns of equal width; the first is flush left, the others flush right.</summary>
    public string ToText()
    {
        List<IReadOnlyList<string>> lines = [header, .. _rows.Select(row => row.Select(cell => cell.Text.ReplaceLineEndings(" ")).ToList())];
        var widths = Enumerable.Range(0, header.Count).Select(column => lines.Max(line => line[column].Length)).ToList();
        return string.Join('\n', lines.Select(line => string.Join(
            "  ", line.Select((text, column) => column == 0 ? text.PadRight(widths[0]) : text.PadLeft(widths[column]))).TrimEnd()));
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        AppendLine(header);
        AppendLine([.. header.Select((_, column) => column == 0 ? "---" : "---:")]);
        foreach (var row in _rows)
        {
            AppendLine([.. row.Select(cell => cell.Text)]);
        }

        return text.ToString();

        void AppendLine(IReadOnlyList<string> cells) => text.Append("| ")
            .AppendJoin(" | ", cells.Select(cell => cell.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
    }

    /// <summary>With a header; numbers in full precision, and nothing where nothing was measured (RFC 4180, but for the ends of lines).</summary>
    public string ToCsv()
    {
        var text = new StringBuilder();
        foreach (var line in _rows.Select(row => row.Select(cell => cell.Raw)).Prepend(header))
        {
            text.AppendJoin(',', line.Select(Quoted)).Append('\n');
        }

        return text.ToString();

        static string Quoted(string raw) => raw.AsSpan().IndexOfAny(",\"\r\n") < 0 ? raw : $"\"{raw.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <param name="Text">For people.</param>
    /// <param name="Raw">For programs.</param>
    public readonly record struct Cell(string Text, string Raw)
    {
        private const string Nothing = "-";

        public static Cell Empty { get; } = new("", "");

        public static implicit operator Cell(string text) => new(text, text);

        public static implicit operator Cell(long count) => count.ToString(CultureInfo.InvariantCulture);

        /// <summary>A fraction as a percentage; nothing if it is null or NaN.</summary>
        public static Cell Percent(double? fraction) => Number(fraction, value => value.ToString("0.0' %'", CultureInfo.InvariantCulture), scale: 100);

        /// <summary>With four significant digits; nothing if it is null or NaN.</summary>
        public static Cell Number(double? number) => Number(number, value => value.ToString("g4", CultureInfo.InvariantCulture), scale: 1);

        private static Cell Number(double? number, Func<double, string> format, double scale) => number is { } value && !double.IsNaN(value)
            ? new(format(value * scale), value.ToString("r", CultureInfo.InvariantCulture))
            : new(Nothing, "");
    }
}
