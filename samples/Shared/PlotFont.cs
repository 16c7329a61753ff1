using ScottPlot;
using SkiaSharp;

namespace Zapping.Samples;

/// <summary>The app brings its own font, so that pictures have letters on machines that have none, and look alike everywhere.</summary>
internal sealed class PlotFont : IFontResolver
{
    public const string Name = "DejaVu Sans";

    private static readonly Lazy<PlotFont> Registered = new(() =>
    {
        var font = new PlotFont();
        Fonts.FontResolvers.Insert(0, font);
        Fonts.Default = Name;
        return font;
    });

    private readonly SKTypeface _typeface;

    private PlotFont()
    {
        using var stream = typeof(PlotFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        _typeface = SKTypeface.FromStream(stream);
    }

    /// <summary>The font itself.</summary>
    public static SKTypeface Typeface => Registered.Value._typeface;

    /// <summary>Makes it the font of all plots.</summary>
    public static void Use() => _ = Registered.Value;

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        string.Equals(fontName, Name, StringComparison.Ordinal) ? _typeface : null;

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        CreateTypeface(fontName, FontWeight.Normal, FontSlant.Upright, FontSpacing.Normal);
}
