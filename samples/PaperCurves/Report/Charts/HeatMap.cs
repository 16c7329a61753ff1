using static System.FormattableString;

namespace PaperCurves.Report.Charts;

/// <summary>Values in a grid as shades of one color, from none at 0 to full at 100 percent.</summary>
internal static class HeatMap
{
    /// <param name="x">Title below.</param>
    /// <param name="columns">Names of columns, left to right.</param>
    /// <param name="y">Title beside.</param>
    /// <param name="rows">Names of rows, bottom to top.</param>
    /// <param name="percent">By row and column; null where nothing was measured.</param>
    public static Drawing Draw(string x, IReadOnlyList<string> columns, string y, IReadOnlyList<string> rows, Func<int, int, double?> percent)
    {
        var frame = new Frame(Axis.Names(x, columns).Thinned(), Axis.Names(y, rows).Thinned());
        var cells =
            from row in Enumerable.Range(0, rows.Count)
            from column in Enumerable.Range(0, columns.Count)
            where percent(row, column) is not null
            select Cell(frame, row, column, percent(row, column)!.Value);
        return frame.Around(cells, [new LegendEntry("0 to 100 % recognized", Ramp)]);
    }

    private static Area Cell(Frame frame, int row, int column, double percent)
    {
        var (corner, opposite) = (frame.At(column - 0.49, row + 0.49), frame.At(column + 0.49, row - 0.49));
        return Area.Box(ChartColor.Blue, corner.X, corner.Y, opposite.X, opposite.Y, Math.Clamp(percent / 100, 0, 1), Invariant($"{percent:f1} %"));
    }

    private static IEnumerable<Shape> Ramp(Spot from, Spot to)
    {
        const int Shades = 7;
        var width = (to.X - from.X) / Shades;
        return Enumerable.Range(0, Shades).Select(i => Area.Box(
            ChartColor.Blue, from.X + i * width, from.Y - 7, from.X + (i + 1) * width, from.Y + 5, (double)i / (Shades - 1)));
    }
}
