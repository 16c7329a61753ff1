using PaperCurves.Experiments;
using PaperCurves.Pretraining;
using ScottPlot;
using ScottPlot.MultiplotLayouts;
using SkiaSharp;
using Zapping.Samples;

namespace PaperCurves.Report;

/// <summary>The curves of one protocol, and what is said below them.</summary>
/// <param name="Protocol">The protocol.</param>
/// <param name="Curves">At least one.</param>
/// <param name="Sentences">A paragraph each.</param>
public sealed record CurvePanel(Protocol Protocol, IReadOnlyList<Curve> Curves, IReadOnlyList<string> Sentences);

/// <summary>Draws the curves of both protocols side by side, and below them what they show, as a PNG.</summary>
public static class CurvePicture
{
    private const int PlotHeight = 540;
    private const int PanelWidth = 760;
    private const int Margin = 24;
    private const float TextSize = 14;
    private const float LineHeight = 20;

    /// <summary>Draws and saves.</summary>
    /// <param name="panels">At least one.</param>
    /// <param name="caption">What was done, on which data.</param>
    /// <param name="published">Of which method the paper's curves belong beside ours: only for the same data and size, else null.</param>
    /// <param name="path">The PNG file, replaced if it exists.</param>
    public static void Save(IReadOnlyList<CurvePanel> panels, string caption, Method? published, string path)
    {
        ArgumentNullException.ThrowIfNull(panels);
        PlotFont.Use();
        using var font = new SKFont(PlotFont.Typeface, TextSize);
        var texts = panels.Select(panel => panel.Sentences.SelectMany(sentence => TextLines.Wrap(sentence, PanelWidth - (2 * Margin), line => font.MeasureText(line))).ToList()).ToList();
        var height = PlotHeight + (int)(LineHeight * texts.Max(lines => lines.Count)) + Margin;
        using var surface = SKSurface.Create(new SKImageInfo(PanelWidth * panels.Count, height));
        var plots = new Multiplot { Layout = new Grid(1, panels.Count) };
        plots.AddPlots(panels.Count);
        for (var i = 0; i < panels.Count; i++)
        {
            Draw(plots.Subplots.GetPlot(i), panels[i], caption, published);
        }

        // It clears the whole canvas.
        plots.Render(surface.Canvas, new PixelRect(0, PanelWidth * panels.Count, PlotHeight, 0));
        using var paint = new SKPaint { Color = SKColors.White };
        surface.Canvas.DrawRect(0, PlotHeight, PanelWidth * panels.Count, height - PlotHeight, paint);
        for (var i = 0; i < panels.Count; i++)
        {
            Write(surface.Canvas, texts[i], font, i * PanelWidth);
        }

        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        WholeFile.Write(path, data.SaveTo, overwrite: true);
    }

    private static void Write(SKCanvas canvas, List<string> lines, SKFont font, int left)
    {
        using var paint = new SKPaint { IsAntialias = true, Color = SKColors.Black };
        for (var i = 0; i < lines.Count; i++)
        {
            canvas.DrawText(lines[i], left + Margin, PlotHeight + (LineHeight * (i + 1)) - (LineHeight / 4), SKTextAlign.Left, font, paint);
        }
    }

    private static void Draw(Plot plot, CurvePanel panel, string caption, Method? published)
    {
        foreach (var curve in panel.Curves)
        {
            var color = ColorOf(curve.Arm);
            var xs = curve.Points.Select(point => (double)point.X).ToArray();
            AddBand(plot, xs, curve.Points, color);
            var line = plot.Add.Scatter(xs, curve.Points.Select(point => point.Mean).ToArray(), color);
            line.LineWidth = 2.5f;
            line.MarkerSize = 6;
            line.LegendText = curve.Arm.Title();
            if (published is { } method)
            {
                AddPublished(plot, method, panel.Protocol, curve.Arm, color);
            }
        }

        // The published curves go on to 180 steps and 600 classes; ours say how far the picture reaches.
        var points = panel.Curves.SelectMany(curve => curve.Points).ToList();
        var last = points.Max(point => point.X);
        plot.Axes.SetLimits(-0.03 * last, 1.03 * last, 0, 100);
        plot.Title($"{panel.Protocol.Title()}\n{caption}, {Spread(points.Min(point => point.Trials.Count))}", size: 14);
        plot.XLabel(panel.Protocol == Protocol.Iid ? "Adam steps" : "classes learned so far");
        plot.YLabel("query accuracy (%)");
        foreach (var label in new[] { plot.Axes.Title.Label, plot.Axes.Bottom.Label, plot.Axes.Left.Label })
        {
            label.Bold = false;
        }

        plot.Legend.Orientation = Orientation.Horizontal;
        plot.ShowLegend(Edge.Bottom);
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.08);
    }

    private static string Spread(int trials) => trials == 1 ? "one trial" : FormattableString.Invariant($"mean ± sd of {trials} trials");

    // Okabe and Ito's colours, which the colour-blind tell apart.
    private static Color ColorOf(Arm arm) => Color.FromHex(arm switch
    {
        Arm.None => "#D55E00",
        Arm.Zap => "#0072B2",
        _ => "#009E73",
    });

    private static void AddBand(Plot plot, double[] xs, IReadOnlyList<CurvePoint> points, Color color)
    {
        var band = plot.Add.FillY(
            xs, points.Select(point => point.Mean - point.Sd).ToArray(), points.Select(point => point.Mean + point.Sd).ToArray());
        band.FillColor = color.WithAlpha(0.18);
        band.LineWidth = 0;
        band.MarkerSize = 0;
    }

    private static void AddPublished(Plot plot, Method method, Protocol protocol, Arm arm, Color color)
    {
        var published = PublishedFigures.Curve(method, protocol, arm);
        if (published.Count == 0)
        {
            return;
        }

        var line = plot.Add.Scatter(
            published.Select(point => (double)point.X).ToArray(), published.Select(point => point.Percent).ToArray(), color);
        line.LineWidth = 1.5f;
        line.LinePattern = LinePattern.Dashed;
        line.MarkerSize = 0;
        line.LegendText = $"{arm.Title()}, the paper's";
    }
}
