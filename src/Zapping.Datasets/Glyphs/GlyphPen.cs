namespace Zapping.Datasets;

/// <summary>A round pen of black ink on a 105 * 105 canvas without grey levels, as Omniglot was drawn.</summary>
internal readonly ref struct GlyphPen
{
    private const int Size = OmniglotHalf.SourceSize;

    /// <summary>Close enough that the discs along a line leave no notches.</summary>
    private const double Step = 0.8;

    private readonly Span<byte> _canvas;
    private readonly double _radius;

    /// <param name="canvas">105 * 105 pixels, row by row; made blank.</param>
    /// <param name="radius">Half the width of the strokes, in pixels.</param>
    public GlyphPen(Span<byte> canvas, double radius)
    {
        _canvas = canvas;
        _radius = radius;
        canvas.Fill(byte.MaxValue);
    }

    public void Line(GlyphPoint from, GlyphPoint to)
    {
        var steps = Math.Max(1, (int)Math.Ceiling(from.DistanceTo(to) / Step));
        for (var i = 1; i <= steps; i++)
        {
            Dot(from + ((to - from) * ((double)i / steps)));
        }
    }

    /// <summary>Inks every pixel whose centre is under the pen; what lies outside the canvas is lost.</summary>
    public void Dot(GlyphPoint centre)
    {
        var bottom = Math.Min(Size - 1, (int)(centre.Y + _radius));
        var right = Math.Min(Size - 1, (int)(centre.X + _radius));
        for (var y = Math.Max(0, (int)(centre.Y - _radius)); y <= bottom; y++)
        {
            var dy = y + 0.5 - centre.Y;
            var reach = (_radius * _radius) - (dy * dy);
            var row = _canvas.Slice(y * Size, Size);
            for (var x = Math.Max(0, (int)(centre.X - _radius)); x <= right; x++)
            {
                var dx = x + 0.5 - centre.X;
                if (dx * dx <= reach)
                {
                    row[x] = 0;
                }
            }
        }
    }
}
