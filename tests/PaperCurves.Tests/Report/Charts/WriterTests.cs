using System.Xml.Linq;
using FluentAssertions;
using PaperCurves.Report.Charts;
using SkiaSharp;
using Xunit;

namespace PaperCurves.Tests.Report.Charts;

public sealed class WriterTests
{
    private static readonly Drawing Everything = new(100, 60,
    [
        new Line(ChartColor.Vermillion, [new(0, 0), new(10.25, 20)], 2, Dash.Dashed),
        Area.Box(ChartColor.Blue, 50, 10, 90, 50, 1, "<tip> & \"more\""),
        new Mark(ChartColor.Green, new(20, 40), Marker.Diamond),
        new Label(ChartColor.Text, new(5, 55), "a < b & c", 12, Anchor.Start),
        new Label(ChartColor.Text, new(5, 30), "up", 12, Anchor.Middle, Turn.Upwards),
    ]);

    [Fact]
    public void Svg_holds_every_shape_and_encodes_words()
    {
        var svg = XElement.Parse(new SvgWriter(Palettes.OnWhite).Write(Everything, "title with <angles>"));

        svg.Attribute("viewBox")!.Value.Should().Be("0 0 100 60");
        svg.Attribute("aria-label")!.Value.Should().Be("title with <angles>");
        svg.Elements().Select(element => element.Name.LocalName).Should().Equal("polyline", "polygon", "polygon", "text", "text");
        svg.Elements().First().Attribute("stroke")!.Value.Should().Be("#d55e00");
        svg.Elements().First().Attribute("points")!.Value.Should().Be("0,0 10.3,20");
        svg.Elements().ElementAt(1).Value.Should().Be("<tip> & \"more\"");
        svg.Elements().ElementAt(3).Value.Should().Be("a < b & c");
        svg.Elements().ElementAt(4).Attribute("transform")!.Value.Should().Be("rotate(-90 5 30)");
    }

    [Fact]
    public void Svg_of_the_page_names_no_colour_of_its_own() =>
        new SvgWriter(Palettes.Themed).Write(Everything, "").Should().Contain("var(--ink-blue)").And.NotContain("#");

    [Fact]
    public void Png_shows_the_same_at_twice_the_size_with_letters()
    {
        using var png = SKBitmap.Decode(PngWriter.Write(Everything));

        (png.Width, png.Height).Should().Be((200, 120));
        png.GetPixel(140, 60).Should().Be(SKColor.Parse(Palettes.OnWhite(ChartColor.Blue)));
        png.GetPixel(40, 80).Should().Be(SKColor.Parse(Palettes.OnWhite(ChartColor.Green)));
        png.GetPixel(190, 10).Should().Be(SKColors.White);
        var letters = from x in Enumerable.Range(0, 120) from y in Enumerable.Range(90, 24) where png.GetPixel(x, y) != SKColors.White select (x, y);
        letters.Should().HaveCountGreaterThan(50, "the app brings its font");
    }
}
