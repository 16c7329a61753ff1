namespace Zapping.Datasets;

/// <summary>A point; x to the right, y downwards.</summary>
internal readonly record struct GlyphPoint(double X, double Y)
{
    public static GlyphPoint operator +(GlyphPoint a, GlyphPoint b) => new(a.X + b.X, a.Y + b.Y);

    public static GlyphPoint operator -(GlyphPoint a, GlyphPoint b) => new(a.X - b.X, a.Y - b.Y);

    public static GlyphPoint operator *(GlyphPoint a, double factor) => new(a.X * factor, a.Y * factor);

    public double DistanceTo(GlyphPoint other)
    {
        var d = this - other;
        return Math.Sqrt((d.X * d.X) + (d.Y * d.Y));
    }
}

/// <summary>One movement of the pen through points, either in straight lines or smoothly.</summary>
internal sealed record GlyphStroke(IReadOnlyList<GlyphPoint> Points, bool Smooth)
{
    private const int StepsPerSpan = 10;

    /// <summary>The path as a polyline: the points themselves, or a Catmull-Rom spline through them.</summary>
    public IReadOnlyList<GlyphPoint> Flatten()
    {
        if (!Smooth || Points.Count < 3)
        {
            return Points;
        }

        var path = new List<GlyphPoint>(((Points.Count - 1) * StepsPerSpan) + 1) { Points[0] };
        for (var i = 0; i + 1 < Points.Count; i++)
        {
            var before = Points[Math.Max(i - 1, 0)];
            var after = Points[Math.Min(i + 2, Points.Count - 1)];
            for (var step = 1; step <= StepsPerSpan; step++)
            {
                path.Add(Spline(before, Points[i], Points[i + 1], after, (double)step / StepsPerSpan));
            }
        }

        return path;
    }

    private static GlyphPoint Spline(GlyphPoint a, GlyphPoint b, GlyphPoint c, GlyphPoint d, double t) =>
        ((b * 2.0)
        + ((c - a) * t)
        + (((a * 2.0) - (b * 5.0) + (c * 4.0) - d) * (t * t))
        + (((b * 3.0) - a - (c * 3.0) + d) * (t * t * t))) * 0.5;
}
