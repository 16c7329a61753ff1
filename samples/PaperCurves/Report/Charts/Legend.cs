
namespace PaperCurves.Report.Charts;

/// <summary>What one look means.</summary>
/// <param name="Text">In words.</param>
/// <param name="Sample">Draws the look between two points of a line.</param>
internal sealed record LegendEntry(string Text, Func<Spot, Spot, IEnumerable<Shape>> Sample);

/// <summary>Entries side by side, in as many lines as they need.</summary>
internal static class Legend
{
    private const double LineHeight = 22;
    private const double SampleWidth = 34;

    // Wide enough for the mean letter of both fonts that may draw it.
    private const double LetterWidth = 0.58 * Frame.FontSize;

    public static (IReadOnlyList<Shape> Shapes, double Height) At(double left, double top, double right, IReadOnlyList<LegendEntry> entries)
    {
        var shapes = new List<Shape>();
        var (x, y) = (left, top + LineHeight / 2);
        foreach (var entry in entries)
        {
            var width = SampleWidth + LetterWidth * entry.Text.Length + 18;
            if (x > left && x + width > right)
            {
                (x, y) = (left, y + LineHeight);
            }

            shapes.AddRange(entry.Sample(new Spot(x, y - 4), new Spot(x + SampleWidth - 6, y - 4)));
            shapes.Add(new Label(ChartColor.Text, new Spot(x + SampleWidth, y), entry.Text, Frame.FontSize, Anchor.Start));
            x += width;
        }

        return (shapes, y + LineHeight / 2 - top);
    }
}
