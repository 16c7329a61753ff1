namespace Zapping.Datasets;

/// <summary>
/// Invents a character: one to four strokes (lines, angles, curves, loops, dots) that tend to touch each other, in
/// the square -1..1, as its ideal form that every drawing of it then misses a little.
/// </summary>
internal static class GlyphDesign
{
    private const double Diagonal = 0.70710678118654752;

    /// <summary>Simpler characters than this many points would often be alike (a lone bar is a lone bar).</summary>
    private const int FewestPoints = 5;

    private static readonly double[] s_moreStrokes = [0.7, 0.5, 0.3];

    private static readonly GlyphPoint[] s_circle =
    [
        new(1, 0), new(Diagonal, Diagonal), new(0, 1), new(-Diagonal, Diagonal),
        new(-1, 0), new(-Diagonal, -Diagonal), new(0, -1), new(Diagonal, -Diagonal),
    ];

    /// <param name="random">The stream of this character.</param>
    public static IReadOnlyList<GlyphStroke> Create(SplitMix64 random)
    {
        while (true)
        {
            var strokes = new List<GlyphStroke> { Stroke(ref random, [], mayBeDot: false) };
            foreach (var chance in s_moreStrokes)
            {
                if (!random.Chance(chance))
                {
                    break;
                }

                strokes.Add(Stroke(ref random, strokes, mayBeDot: true));
            }

            if (strokes.Sum(stroke => stroke.Points.Count) >= FewestPoints && Centre(strokes) is { } design)
            {
                return design;
            }
        }
    }

    private static GlyphStroke Stroke(ref SplitMix64 random, List<GlyphStroke> earlier, bool mayBeDot)
    {
        var start = Start(ref random, earlier);
        return random.Unit() switch
        {
            < 0.07 when mayBeDot => new GlyphStroke([start, start + new GlyphPoint(0.04, 0.04)], Smooth: false),
            < 0.30 => new GlyphStroke([start, Next(ref random, start, straight: 0.75)], Smooth: false),
            < 0.52 => Path(ref random, start, 3 + random.Below(2), smooth: false),
            < 0.86 => Path(ref random, start, 3 + random.Below(2), smooth: true),
            _ => Loop(ref random, start),
        };
    }

    private static GlyphPoint Start(ref SplitMix64 random, List<GlyphStroke> earlier)
    {
        if (earlier.Count == 0 || random.Chance(0.4))
        {
            return Anywhere(ref random);
        }

        // On an earlier stroke: at one of its points or halfway to the next.
        var points = earlier[random.Below(earlier.Count)].Points;
        var i = random.Below(points.Count - 1);
        return random.Below(3) switch
        {
            0 => points[i],
            1 => points[i + 1],
            _ => (points[i] + points[i + 1]) * 0.5,
        };
    }

    private static GlyphStroke Path(ref SplitMix64 random, GlyphPoint start, int count, bool smooth)
    {
        var points = new GlyphPoint[count];
        points[0] = start;
        points[1] = Next(ref random, start, straight: smooth ? 0.0 : 0.5);
        for (var i = 2; i < count; i++)
        {
            do
            {
                points[i] = Next(ref random, points[i - 1], straight: smooth ? 0.0 : 0.5);
            }
            while (TurnsBack(points[i - 2], points[i - 1], points[i]));
        }

        return new GlyphStroke(points, smooth);
    }

    /// <summary>A point far enough away to be a movement of its own; straight: how often level or upright.</summary>
    private static GlyphPoint Next(ref SplitMix64 random, GlyphPoint from, double straight)
    {
        while (true)
        {
            var to = Anywhere(ref random);
            if (random.Chance(straight))
            {
                to = random.Chance(0.5) ? to with { X = from.X } : to with { Y = from.Y };
            }

            if (from.DistanceTo(to) > 0.55)
            {
                return to;
            }
        }
    }

    /// <summary>Writing keeps to a few heights and widths: near the nodes of a 5 x 5 grid.</summary>
    private static GlyphPoint Anywhere(ref SplitMix64 random)
    {
        var x = (0.5 * random.Below(5)) - 1.0 + random.Between(-0.12, 0.12);
        return new GlyphPoint(x, (0.5 * random.Below(5)) - 1.0 + random.Between(-0.12, 0.12));
    }

    /// <summary>Sharper than about 45 degrees: the pen would smear over the line it has just drawn.</summary>
    private static bool TurnsBack(GlyphPoint a, GlyphPoint b, GlyphPoint c)
    {
        var (first, second) = (b - a, c - b);
        var dot = (first.X * second.X) + (first.Y * second.Y);
        return dot < -0.7 * a.DistanceTo(b) * b.DistanceTo(c);
    }

    /// <summary>Most or all of an ellipse that begins at the given point.</summary>
    private static GlyphStroke Loop(ref SplitMix64 random, GlyphPoint start)
    {
        var width = random.Between(0.25, 0.8);
        var height = width * random.Between(0.6, 1.6);
        var first = random.Below(s_circle.Length);
        var turn = random.Chance(0.5) ? 1 : s_circle.Length - 1;
        var points = new GlyphPoint[7 + random.Below(3)];
        var centre = start - new GlyphPoint(s_circle[first].X * width, s_circle[first].Y * height);
        for (var i = 0; i < points.Length; i++)
        {
            var on = s_circle[(first + (i * turn)) % s_circle.Length];
            points[i] = centre + new GlyphPoint(on.X * width, on.Y * height);
        }

        return new GlyphStroke(points, Smooth: true);
    }

    /// <summary>
    /// Moves and scales the character so that it just fills -1..1, keeping its proportions; null when it is so flat
    /// or narrow that its strokes would run into each other.
    /// </summary>
    private static GlyphStroke[]? Centre(List<GlyphStroke> strokes)
    {
        var all = strokes.SelectMany(stroke => stroke.Flatten()).ToArray();
        var low = new GlyphPoint(all.Min(point => point.X), all.Min(point => point.Y));
        var high = new GlyphPoint(all.Max(point => point.X), all.Max(point => point.Y));
        var extent = high - low;
        var longer = Math.Max(extent.X, extent.Y);
        if (Math.Min(extent.X, extent.Y) < 0.4 * longer)
        {
            return null;
        }

        var middle = (low + high) * 0.5;
        return [.. strokes.Select(stroke =>
            stroke with { Points = [.. stroke.Points.Select(point => (point - middle) * (2.0 / longer))] })];
    }
}
