namespace PaperCurves.Report.Charts;

/// <summary>The field of a chart: where values go, with axes around and a legend below.</summary>
/// <param name="X">To the right.</param>
/// <param name="Y">Upwards.</param>
internal sealed record Frame(Axis X, Axis Y)
{
    public const double Width = 480;
    public const double FontSize = 14;

    private const double Left = 62;
    private const double Top = 12;
    private const double Right = Width - 24;
    private const double Bottom = 280;
    private const double LegendTop = Bottom + 56;

    private const double LineHeight = 16;

    // Half the height of a letter: texts are placed by their foot.
    private const double HalfLetter = 5;

    // Room for the lines of ticks beyond the first.
    private double Extra => LineHeight * (X.Ticks.Select(tick => tick.Text.Split('\n').Length).DefaultIfEmpty(1).Max() - 1);

    /// <summary>Where a point goes.</summary>
    public Spot At(double x, double y) => new(Left + X.Along(x) * (Right - Left), Bottom - Y.Along(y) * (Bottom - Top));

    /// <summary>Lines at the ticks of y, to be drawn behind all else.</summary>
    public IEnumerable<Shape> Grid() => Y.Ticks.Select(tick => new Line(ChartColor.Grid, [At(X.Low, tick.At), At(X.High, tick.At)], 1));

    /// <summary>Puts axes around shapes, and a legend below them.</summary>
    /// <param name="shapes">What is in the field.</param>
    /// <param name="legend">What the looks mean.</param>
    public Drawing Around(IEnumerable<Shape> shapes, IReadOnlyList<LegendEntry> legend)
    {
        var (entries, height) = Legend.At(Left, LegendTop + Extra, Right, legend);
        return new Drawing(Width, LegendTop + Extra + height, [.. shapes, .. Edges(), .. entries]);
    }

    private IEnumerable<Shape> Edges() =>
    [
        .. Y.Ticks.Select(tick => new Label(ChartColor.Text, new Spot(Left - 8, At(X.Low, tick.At).Y + HalfLetter), tick.Text, FontSize, Anchor.End)),
        .. X.Ticks.Select(tick => At(tick.At, Y.Low)).Select(foot => new Line(ChartColor.Text, [foot, foot with { Y = foot.Y + 5 }], 1)),
        .. X.Ticks.SelectMany(tick => tick.Text.Split('\n').Select((line, i) =>
            new Label(ChartColor.Text, new Spot(At(tick.At, Y.Low).X, Bottom + 20 + i * LineHeight), line, FontSize, Anchor.Middle))),
        new Line(ChartColor.Text, [At(X.Low, Y.Low), At(X.High, Y.Low)], 1),
        new Label(ChartColor.Text, new Spot((Left + Right) / 2, Bottom + 42 + Extra), X.Title, FontSize, Anchor.Middle),
        new Label(ChartColor.Text, new Spot(16, (Top + Bottom) / 2), Y.Title, FontSize, Anchor.Middle, Turn.Upwards),
    ];
}
