using PaperCurves.Experiments;
using PaperCurves.Pretraining;
using ScottPlot;
using ScottPlot.MultiplotLayouts;

namespace PaperCurves.Report;

/// <summary>Draws the curves of both protocols side by side as a PNG.</summary>
public static class CurvePicture
{
    private const int Height = 560;
    private const int PanelWidth = 760;

    // Okabe and Ito's colours, which the colour-blind tell apart.
    private static readonly Color Without = Color.FromHex("#D55E00");
    private static readonly Color With = Color.FromHex("#0072B2");

    /// <summary>Draws and saves.</summary>
    /// <param name="curves">At least one.</param>
    /// <param name="caption">What was done, on which data.</param>
    /// <param name="published">Of which method the paper's curves belong beside ours: only for the same data, else null.</param>
    /// <param name="path">The PNG file, replaced if it exists.</param>
    public static void Save(IReadOnlyList<Curve> curves, string caption, Method? published, string path)
    {
        PlotFont.Use();
        var protocols = curves.Select(curve => curve.Protocol).Distinct().Order().ToList();
        var picture = new Multiplot { Layout = new Grid(1, protocols.Count) };
        picture.AddPlots(protocols.Count);
        for (var i = 0; i < protocols.Count; i++)
        {
            Draw(picture.Subplots.GetPlot(i), protocols[i], curves, caption, published);
        }

        picture.SavePng(path, PanelWidth * protocols.Count, Height);
    }

    private static void Draw(Plot plot, Protocol protocol, IReadOnlyList<Curve> curves, string caption, Method? published)
    {
        foreach (var curve in curves.Where(curve => curve.Protocol == protocol))
        {
            var color = curve.Arm == Arm.Zap ? With : Without;
            var xs = curve.Points.Select(point => (double)point.X).ToArray();
            AddBand(plot, xs, curve.Points, color);
            var line = plot.Add.Scatter(xs, curve.Points.Select(point => point.Mean).ToArray(), color);
            line.LineWidth = 2.5f;
            line.MarkerSize = 6;
            line.LegendText = curve.Arm.Title();
            if (published is { } method)
            {
                AddPublished(plot, method, protocol, curve.Arm, color);
            }
        }

        // The published curves go on to 180 steps and 600 classes; ours say how far the picture reaches.
        var last = curves.Where(curve => curve.Protocol == protocol).SelectMany(curve => curve.Points).Max(point => point.X);
        plot.Axes.SetLimits(-0.03 * last, 1.03 * last, 0, 100);
        var trials = curves.Where(curve => curve.Protocol == protocol).SelectMany(curve => curve.Points).Min(point => point.Trials);
        plot.Title($"{protocol.Title()}\n{caption}, mean ± sd of {trials} trials", size: 14);
        plot.XLabel(protocol == Protocol.Iid ? "Adam steps" : "classes learned so far");
        plot.YLabel("query accuracy (%)");
        foreach (var label in new[] { plot.Axes.Title.Label, plot.Axes.Bottom.Label, plot.Axes.Left.Label })
        {
            label.Bold = false;
        }

        plot.Legend.Orientation = Orientation.Horizontal;
        plot.ShowLegend(Edge.Bottom);
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.08);
    }

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
        var line = plot.Add.Scatter(
            published.Select(point => (double)point.X).ToArray(), published.Select(point => point.Percent).ToArray(), color);
        line.LineWidth = 1.5f;
        line.LinePattern = LinePattern.Dashed;
        line.MarkerSize = 0;
        line.LegendText = $"{arm.Title()}, published (600 classes)";
    }
}
