namespace Zapping.Datasets;

/// <summary>
/// Draws a character once, as one person would: in an own size, slant and place, missing every point a little.
/// </summary>
internal static class GlyphHand
{
    /// <summary>Half the width of the canvas, in pixels.</summary>
    private const double Half = OmniglotHalf.SourceSize / 2.0;

    /// <param name="design">The ideal form in -1..1.</param>
    /// <param name="random">The stream of this drawing.</param>
    /// <param name="canvas">105 * 105 pixels; overwritten with paper (255) and ink (0).</param>
    public static void Draw(IReadOnlyList<GlyphStroke> design, SplitMix64 random, Span<byte> canvas)
    {
        var pen = new GlyphPen(canvas, radius: random.Between(1.7, 2.2));
        var view = View.Random(ref random);
        foreach (var stroke in design)
        {
            var shift = Jitter(ref random, 0.06);
            var growth = 1.0 + (0.09 * random.Bell());
            var centre = stroke.Points[0];
            var points = new GlyphPoint[stroke.Points.Count];
            for (var i = 0; i < points.Length; i++)
            {
                var wanted = centre + ((stroke.Points[i] - centre) * growth) + shift;
                points[i] = view.Apply(wanted + Jitter(ref random, 0.06));
            }

            Trace(pen, new GlyphStroke(points, stroke.Smooth).Flatten(), ref random);
        }
    }

    private static void Trace(GlyphPen pen, IReadOnlyList<GlyphPoint> path, ref SplitMix64 random)
    {
        // A mouse or a finger trembles: by a fraction of a pixel, which roughens the edge as in real drawings.
        var from = path[0] + Jitter(ref random, 0.4);
        pen.Dot(from);
        for (var i = 1; i < path.Count; i++)
        {
            var to = path[i] + Jitter(ref random, 0.4);
            pen.Line(from, to);
            from = to;
        }
    }

    private static GlyphPoint Jitter(ref SplitMix64 random, double deviation)
    {
        var x = random.Bell();
        return new GlyphPoint(x * deviation, random.Bell() * deviation);
    }

    /// <summary>From the square -1..1 to pixels: x' = a x + b y + c, y' = d x + e y + f.</summary>
    private readonly record struct View(double A, double B, double C, double D, double E, double F)
    {
        public static View Random(ref SplitMix64 random)
        {
            var size = random.Between(0.46, 0.84);
            var width = Half * size * (1.0 + (0.10 * random.Bell()));
            var height = Half * size * (1.0 + (0.10 * random.Bell()));
            var slant = 0.10 * random.Bell();

            // A rotation by the angle whose half has the tangent t, without a sine: about 5 degrees.
            var t = 0.04 * random.Bell();
            var cosine = (1.0 - (t * t)) / (1.0 + (t * t));
            var sine = 2.0 * t / (1.0 + (t * t));

            // Larger drawings have less room to be off centre.
            var room = 0.6 * Half * (1.0 - size);
            return new View(
                cosine * width, ((cosine * slant) - sine) * height, Half + (room * 0.4 * random.Bell()),
                sine * width, ((sine * slant) + cosine) * height, Half + (room * 0.4 * random.Bell()));
        }

        public GlyphPoint Apply(GlyphPoint p) => new((A * p.X) + (B * p.Y) + C, (D * p.X) + (E * p.Y) + F);
    }
}
