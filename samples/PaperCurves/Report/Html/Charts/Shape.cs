namespace PaperCurves.Report.Html.Charts;

/// <summary>A picture: shapes in the order of drawing, in units that are pixels at full size.</summary>
internal sealed record Drawing(double Width, double Height, IReadOnlyList<Shape> Shapes);

/// <summary>A point of a picture; y grows downwards.</summary>
internal readonly record struct Spot(double X, double Y);

/// <summary>One thing that is drawn.</summary>
/// <param name="Ink">Its colour.</param>
internal abstract record Shape(Ink Ink);

/// <summary>A line through points.</summary>
internal sealed record Line(Ink Ink, IReadOnlyList<Spot> Spots, double Width, Dash Dash = Dash.Solid) : Shape(Ink);

/// <summary>A filled area; its opacity is a fraction, its tip is told under a pointer.</summary>
internal sealed record Area(Ink Ink, IReadOnlyList<Spot> Spots, double Opacity, string? Tip = null) : Shape(Ink)
{
    public static Area Box(Ink ink, double left, double top, double right, double bottom, double opacity, string? tip = null) =>
        new(ink, [new(left, top), new(right, top), new(right, bottom), new(left, bottom)], opacity, tip);
}

/// <summary>A mark on a line.</summary>
internal sealed record Mark(Ink Ink, Spot At, Marker Marker, string? Tip = null) : Shape(Ink);

/// <summary>Words, the foot of their anchor at a point.</summary>
internal sealed record Label(Ink Ink, Spot At, string Text, double Size, Anchor Anchor, Turn Turn = Turn.None) : Shape(Ink);

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
