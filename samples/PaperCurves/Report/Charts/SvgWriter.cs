using System.Xml.Linq;
using static System.FormattableString;

namespace PaperCurves.Report.Charts;

/// <summary>Writes pictures as SVG.</summary>
/// <param name="paint">The color of an ink.</param>
internal sealed class SvgWriter(Func<ChartColor, string> paint)
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>The whole picture.</summary>
    /// <param name="drawing">What to draw.</param>
    /// <param name="title">Its name, for those who hear it.</param>
    public string Write(Drawing drawing, string title)
    {
        var root = new XElement(
            Svg + "svg",
            new XAttribute("viewBox", Invariant($"0 0 {drawing.Width:0.#} {drawing.Height:0.#}")),
            new XAttribute("width", Number(drawing.Width)),
            new XAttribute("height", Number(drawing.Height)),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", title),
            new XAttribute("font-family", "system-ui, 'DejaVu Sans', sans-serif"),
            drawing.Shapes.Select(Element));
        return root.ToString(SaveOptions.DisableFormatting);
    }

    private XElement Element(Shape shape) => shape switch
    {
        Line line => Stroked(line),
        Area area => Filled(area.Color, area.Spots, area.Opacity, area.Tip),
        Mark mark => Filled(mark.Color, MarkerOutline.Around(mark), 1, mark.Tip),
        Label label => Text(label),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "No way of writing it is known."),
    };

    private XElement Stroked(Line line) => new(
        Svg + "polyline",
        new XAttribute("points", Points(line.Spots)),
        new XAttribute("fill", "none"),
        new XAttribute("stroke", paint(line.Color)),
        new XAttribute("stroke-width", Number(line.Width)),
        line.Dash == Dash.Solid ? null : new XAttribute("stroke-dasharray", line.Dash == Dash.Dashed ? "7 5" : "2 4"));

    private XElement Filled(ChartColor ink, IReadOnlyList<Spot> spots, double opacity, string? tip) => new(
        Svg + "polygon",
        new XAttribute("points", Points(spots)),
        new XAttribute("fill", paint(ink)),
        opacity < 1 ? new XAttribute("fill-opacity", Invariant($"{opacity:0.###}")) : null,
        tip is null ? null : new XElement(Svg + "title", tip));

    private XElement Text(Label label) => new(
        Svg + "text",
        new XAttribute("x", Number(label.At.X)),
        new XAttribute("y", Number(label.At.Y)),
        new XAttribute("font-size", Number(label.Size)),
        new XAttribute("fill", paint(label.Color)),
        label.Anchor == Anchor.Start ? null : new XAttribute("text-anchor", label.Anchor == Anchor.Middle ? "middle" : "end"),
        label.Turn == Turn.None ? null : new XAttribute("transform", Invariant($"rotate(-90 {label.At.X:0.#} {label.At.Y:0.#})")),
        label.Text);

    private static string Points(IEnumerable<Spot> spots) =>
        string.Join(' ', spots.Select(spot => Invariant($"{spot.X:0.#},{spot.Y:0.#}")));

    private static string Number(double value) => Invariant($"{value:0.#}");
}
