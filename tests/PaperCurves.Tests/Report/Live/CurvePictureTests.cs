using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Report.Live;
using PaperCurves.Report.Text;
using PaperCurves.Sweeps;
using SkiaSharp;
using Xunit;

namespace PaperCurves.Tests.Report.Live;

public sealed class CurvePictureTests
{
    [Fact]
    public void What_is_said_below_the_curves_has_its_room()
    {
        var few = Draw("One sentence.");
        var many = Draw("One sentence.", string.Join(' ', Enumerable.Repeat("and another that is longer than a line", 10)));

        few.Width.Should().Be(many.Width);
        many.Height.Should().BeGreaterThan(few.Height + 50);
        ChartColor(many, from: few.Height).Should().BePositive("the longer text goes on there");
        ChartColor(few, from: few.Height - 40).Should().BePositive("the last line is inside");
        many.Pixels.Should().OnlyContain(pixel => pixel.Alpha == 255, "the picture has no holes");
    }

    [Fact]
    public void All_three_arms_have_colours_of_their_own()
    {
        using var picture = Draw("One sentence.");
        var colors = picture.Pixels.Select(pixel => pixel.WithAlpha(255)).ToHashSet();
        colors.Should().Contain([SKColor.Parse("#D55E00"), SKColor.Parse("#0072B2"), SKColor.Parse("#009E73")]);
    }

    [Theory]
    [InlineData("", new[] { "" })]
    [InlineData("one two three", new[] { "one two", "three" })]
    [InlineData("a unbreakable b", new[] { "a", "unbreakable", "b" })]
    public void Text_is_broken_at_spaces(string text, string[] lines) => TextLines.Wrap(text, 7, line => line.Length).Should().Equal(lines);

    private static SKBitmap Draw(params string[] sentences)
    {
        var folder = Directory.CreateTempSubdirectory();
        var path = Path.Combine(folder.FullName, "curves.png");
        var curves = Enum.GetValues<Arm>().Select(arm => SomeCurves.Of(TransferKind.IidUnfrozen, arm, (1, [5, 6]), (5, [20 + (10 * (int)arm), 24 + (10 * (int)arm)]))).ToList();
        CurvePicture.Save([new CurvePanel(TransferKind.IidUnfrozen, curves, sentences)], "a caption", published: null, path);
        var picture = SKBitmap.Decode(path);
        folder.Delete(recursive: true);
        return picture;
    }

    private static int ChartColor(SKBitmap picture, int from) => picture.Pixels.Skip(from * picture.Width).Count(pixel => pixel.Red < 100);
}
