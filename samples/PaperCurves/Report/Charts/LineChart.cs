using PaperCurves.Report.Text;

namespace PaperCurves.Report.Charts;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Style">Color, dash, marks.</param>
/// <param name="Points">Ascending in x.</param>
internal sealed record Series(string Name, SeriesStyle Style, IReadOnlyList<SeriesPoint> Points)
{
    /// <summary>Its own entry of a legend.</summary>
    public LegendKey Key => new(Name, Style);
}

/// <summary>What one look means.</summary>
internal sealed record LegendKey(string Text, SeriesStyle Style);

/// <summary>What a line looks like; color, dash and mark (null for none) each tell lines apart.</summary>
internal sealed record SeriesStyle(ChartColor Color, Dash Dash, Marker? Marker, double Width = 2.2);

/// <summary>One point of a line, with its band where it has one.</summary>
internal sealed record SeriesPoint(double X, double Y, double? Low = null, double? High = null);

/// <summary>Lines over a common x, with bands.</summary>
internal static class LineChart
{
    private const double BandOpacity = 0.18;

    public static Drawing Draw(Axis x, Axis y, IReadOnlyList<Series> series, IReadOnlyList<LegendKey> legend)
    {
        var frame = new Frame(x, y);
        return frame.Around(
            [.. frame.Grid(), .. series.SelectMany(one => Band(frame, one)), .. series.SelectMany(one => Curve(frame, one))],
            [.. legend.Select(key => new LegendEntry(key.Text, (from, to) => LegendSample(key.Style, from, to)))]);
    }

    private static IEnumerable<Shape> Band(Frame frame, Series series)
    {
        var banded = series.Points.Where(point => point is { Low: not null, High: not null }).ToList();
        if (banded.Count > 1)
        {
            var upper = banded.Select(point => frame.At(point.X, Math.Min(frame.Y.High, point.High!.Value)));
            var lower = banded.Select(point => frame.At(point.X, Math.Max(frame.Y.Low, point.Low!.Value))).Reverse();
            yield return new Area(series.Style.Color, [.. upper, .. lower], BandOpacity);
        }
    }

    private static IEnumerable<Shape> Curve(Frame frame, Series series)
    {
        yield return new Line(series.Style.Color, [.. series.Points.Select(point => frame.At(point.X, point.Y))], series.Style.Width, series.Style.Dash);
        if (series.Style.Marker is { } marker)
        {
            foreach (var point in series.Points)
            {
                var tip = $"{series.Name}, {Axis.Text(point.X)}: {Numbers.Percent(point.Y)}";
                yield return new Mark(series.Style.Color, frame.At(point.X, point.Y), marker, tip);
            }
        }
    }

    private static IEnumerable<Shape> LegendSample(SeriesStyle look, Spot from, Spot to)
    {
        yield return new Line(look.Color, [from, to], look.Width, look.Dash);
        if (look.Marker is { } marker)
        {
            yield return new Mark(look.Color, new Spot((from.X + to.X) / 2, from.Y), marker);
        }
    }
}
