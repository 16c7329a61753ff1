namespace PaperCurves.Report.Charts;

/// <summary>A picture: shapes in the order of drawing, in units that are pixels at full size.</summary>
/// <remarks>
/// The same shapes become SVG whose colors follow the page (light or dark) and PNG. ScottPlot, which other samples use, fixes the colors of its SVG and gives it no tooltips.
/// </remarks>
internal sealed record Drawing(double Width, double Height, IReadOnlyList<Shape> Shapes)
{
    /// <summary>Pictures side by side, their upper edges in line.</summary>
    public static Drawing Beside(IReadOnlyList<Drawing> drawings)
    {
        var lefts = drawings.Select((_, i) => drawings.Take(i).Sum(drawing => drawing.Width)).ToList();
        return new Drawing(
            drawings.Sum(drawing => drawing.Width), drawings.Max(drawing => drawing.Height), [.. drawings.Zip(lefts).SelectMany(pair => pair.First.Moved(pair.Second, 0))]);
    }

    /// <summary>The shapes, each moved.</summary>
    public IEnumerable<Shape> Moved(double right, double down)
    {
        return Shapes.Select<Shape, Shape>(shape => shape switch
        {
            Line line => line with { Spots = [.. line.Spots.Select(Move)] },
            Area area => area with { Spots = [.. area.Spots.Select(Move)] },
            Mark mark => mark with { At = Move(mark.At) },
            Label label => label with { At = Move(label.At) },
            _ => throw new InvalidOperationException($"No way of moving a {shape.GetType().Name} is known."),
        });

        Spot Move(Spot spot) => new(spot.X + right, spot.Y + down);
    }
}

/// <summary>A point of a picture; y grows downwards.</summary>
internal readonly record struct Spot(double X, double Y);

/// <summary>One thing that is drawn.</summary>
/// <param name="Color">Its color.</param>
internal abstract record Shape(ChartColor Color);

/// <summary>A line through points.</summary>
internal sealed record Line(ChartColor Color, IReadOnlyList<Spot> Spots, double Width, Dash Dash = Dash.Solid) : Shape(Color);

/// <summary>A filled area; its opacity is a fraction, its tip is told under a pointer.</summary>
internal sealed record Area(ChartColor Color, IReadOnlyList<Spot> Spots, double Opacity, string? Tip = null) : Shape(Color)
{
    public static Area Box(ChartColor ink, double left, double top, double right, double bottom, double opacity, string? tip = null) =>
        new(ink, [new(left, top), new(right, top), new(right, bottom), new(left, bottom)], opacity, tip);
}

/// <summary>A mark on a line.</summary>
internal sealed record Mark(ChartColor Color, Spot At, Marker Marker, string? Tip = null) : Shape(Color);

/// <summary>Words, the foot of their anchor at a point.</summary>
internal sealed record Label(ChartColor Color, Spot At, string Text, double Size, Anchor Anchor, Turn Turn = Turn.None) : Shape(Color);

/// <summary>How a line is broken.</summary>
internal enum Dash
{
    Solid,
    Dashed,
    Dotted,
}

/// <summary>Shape of a mark.</summary>
internal enum Marker
{
    Circle,
    Square,
    Triangle,
    Diamond,
    Pentagon,
    TriangleDown,
}

/// <summary>Which part of a text is at its point.</summary>
internal enum Anchor
{
    Start,
    Middle,
    End,
}

/// <summary>How a text runs.</summary>
internal enum Turn
{
    None,
    Upwards,
}
