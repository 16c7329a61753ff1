using SkiaSharp;

namespace PaperCurves.Report.Charts;

/// <summary>The app brings its own font, so that pictures have letters on machines that have none, and look alike everywhere.</summary>
internal static class ChartFont
{
    private static readonly Lazy<SKTypeface> Loaded = new(() =>
    {
        using var stream = typeof(ChartFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        return SKTypeface.FromStream(stream);
    });

    public static SKTypeface Typeface => Loaded.Value;

    /// <summary>How wide a text is, in the units of a drawing.</summary>
    public static float WidthOf(string text, double size)
    {
        using var font = new SKFont(Typeface, (float)size);
        return font.MeasureText(text);
    }
}
