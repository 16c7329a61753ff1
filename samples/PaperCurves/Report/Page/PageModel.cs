using System.Text;
using PaperCurves.Report.Charts;
using PaperCurves.Report.Figures;
using PaperCurves.Report.Text;

namespace PaperCurves.Report.Page;

/// <summary>The page as its template sees it.</summary>
/// <param name="Title">Heading, and name of the tab.</param>
/// <param name="Verdict">The answer in one sentence.</param>
/// <param name="Notice">What must be known before reading on; null if nothing.</param>
/// <param name="Glance">The answer in figures.</param>
/// <param name="Claims">One word for each claim and selection.</param>
/// <param name="Sections">Everything below, in order.</param>
internal sealed record PageModel(
    string Title, string Verdict, string? Notice, Table Glance, IReadOnlyList<ClaimBadge> Claims, IReadOnlyList<Section> Sections);

/// <summary>A claim's outcome at a glance.</summary>
/// <param name="Id">"C1".</param>
/// <param name="Words">What is claimed.</param>
/// <param name="Outcomes">One for each selection.</param>
internal sealed record ClaimBadge(string Id, string Words, IReadOnlyList<OutcomeBadge> Outcomes);

/// <summary>One outcome.</summary>
/// <param name="Label">What it is the outcome of.</param>
/// <param name="Word">"pass", "miss", "not run".</param>
/// <param name="Style">Name of its class in the style sheet.</param>
internal sealed record OutcomeBadge(string Label, string Word, string Style);

/// <summary>One section.</summary>
/// <param name="Id">Its anchor.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Text">What to know before looking.</param>
/// <param name="Tables">Shown first.</param>
/// <param name="Figures">Shown after them.</param>
internal sealed record Section(string Id, string Title, string Text, IReadOnlyList<Table> Tables, IReadOnlyList<FigureView> Figures)
{
    public static Section OfTables(string id, string title, string text, params IReadOnlyList<Table> tables) => new(id, title, text, tables, []);

    public static Section OfFigures(string id, string title, string text, IEnumerable<Figure> figures) =>
        new(id, title, text, [], [.. figures.Select(FigureView.Of)]);
}

/// <summary>One table, and the file that it can be had as.</summary>
/// <param name="Id">Its anchor, and name of its file.</param>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">Headings.</param>
/// <param name="Rows">Cells; the first of each row is its heading.</param>
internal sealed record Table(string Id, string Caption, IReadOnlyList<string> Columns, IReadOnlyList<Row> Rows)
{
    // Narrower than this its cells would be slivers; it scrolls instead.
    private const int ColumnsOfWideTable = 6;

    /// <summary>Name of its class in the style sheet.</summary>
    public string Style => Columns.Count >= ColumnsOfWideTable ? "wide" : "narrow";

    /// <summary>The table as a file that needs no network.</summary>
    public string Download { get; } = $"data:text/csv;charset=utf-8;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(CsvText.Of(Columns, [.. Rows.Select(row => (IReadOnlyList<string>)[row.Heading, .. row.Cells])])))}";

    public static Table Of(string id, string caption, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows) =>
        new(id, caption, columns, [.. rows.Select(row => new Row(row[0], [.. row.Skip(1)], Style: ""))]);
}

/// <summary>One row of a table.</summary>
/// <param name="Heading">Its first cell.</param>
/// <param name="Cells">The others.</param>
/// <param name="Style">Name of its class in the style sheet; empty for none.</param>
internal sealed record Row(string Heading, IReadOnlyList<string> Cells, string Style);

/// <summary>One figure.</summary>
/// <param name="Id">Its anchor.</param>
/// <param name="Caption">What it shows.</param>
/// <param name="Alt">What is seen.</param>
/// <param name="Svg">The picture, in the page's colors.</param>
/// <param name="Data">The numbers behind it.</param>
internal sealed record FigureView(string Id, string Caption, string Alt, string Svg, Table Data)
{
    public static FigureView Of(Figure figure) => new(
        figure.Id,
        figure.Caption,
        figure.Alt,
        new SvgWriter(Palettes.Themed).Write(figure.Drawing, figure.Alt),
        Table.Of($"{figure.Id}-data", figure.Caption, figure.Data.Columns, figure.Data.Rows));
}
