using PaperCurves.Report.Text;

namespace PaperCurves.Report.Charts;

/// <summary>Bars that stand together.</summary>
/// <param name="Name">Below them.</param>
/// <param name="Bars">One for each look; null where there is no value.</param>
internal sealed record BarGroup(string Name, IReadOnlyList<Bar?> Bars);

/// <summary>One bar.</summary>
/// <param name="Height">In percent.</param>
/// <param name="Sd">Half the length of its whisker; null for none.</param>
internal sealed record Bar(double Height, double? Sd);

/// <summary>What bars of one place in their groups look like: filled, or an outline only.</summary>
internal sealed record BarStyle(string Name, ChartColor Color, BarFill Fill);

/// <summary>How a bar is filled.</summary>
internal enum BarFill
{
    Full,
    Outline,
}

/// <summary>Groups of bars with whiskers of one standard deviation.</summary>
internal static class BarChart
{
    private const double GroupWidth = 0.82;
    private const double OutlineOpacity = 0.12;

    public static Drawing Draw(string xTitle, Axis y, IReadOnlyList<BarStyle> looks, IReadOnlyList<BarGroup> groups)
    {
        var frame = new Frame(Axis.Names(xTitle, [.. groups.Select(group => group.Name)]), y);
        var columns =
            from i in Enumerable.Range(0, groups.Count)
            from j in Enumerable.Range(0, looks.Count)
            where groups[i].Bars[j] is not null
            from shape in Column(frame, looks, groups[i], groups[i].Bars[j]!, i, j)
            select shape;
        return frame.Around(
            [.. frame.Grid(), .. columns],
            [.. looks.Select(look => new LegendEntry(look.Name, (from, to) => Body(look, new Spot(from.X + 6, from.Y - 7), new Spot(to.X, to.Y + 5), null)))]);
    }

    private static IEnumerable<Shape> Column(Frame frame, IReadOnlyList<BarStyle> looks, BarGroup group, Bar bar, int i, int j)
    {
        var width = GroupWidth / looks.Count;
        var left = i - GroupWidth / 2 + j * width;
        var tip = $"{looks[j].Name}, {group.Name.Replace('\n', ' ')}: {Numbers.Percent(bar.Height)}";
        foreach (var shape in Body(looks[j], frame.At(left + 0.06 * width, bar.Height), frame.At(left + 0.94 * width, 0), tip))
        {
            yield return shape;
        }

        if (bar.Sd is { } sd)
        {
            var middle = left + width / 2;
            yield return new Line(ChartColor.Text, [frame.At(middle, Math.Max(0, bar.Height - sd)), frame.At(middle, bar.Height + sd)], 1.5);
        }
    }

    private static IEnumerable<Shape> Body(BarStyle look, Spot top, Spot bottom, string? tip)
    {
        yield return Area.Box(look.Color, top.X, top.Y, bottom.X, bottom.Y, look.Fill == BarFill.Full ? 1 : OutlineOpacity, tip);
        if (look.Fill == BarFill.Outline)
        {
            yield return new Line(look.Color, [new(top.X, bottom.Y), top, new(bottom.X, top.Y), bottom, new(top.X, bottom.Y)], 1.8, Dash.Dashed);
        }
    }
}
