using Diagnostics.Training;
using ScottPlot;
using ScottPlot.MultiplotLayouts;
using Zapping.Samples;

namespace Diagnostics.Report;

/// <summary>Lines over steps, a panel for each quantity, with a mark where a task begins: that is where one arm is reset.</summary>
internal static class LinePlots
{
    private const int Columns = 3;
    private const int PanelWidth = 620;
    private const int PanelHeight = 400;

    private static readonly (string Title, string Quantity, string Subject)[] Panels =
    [
        ("effective rank of the features", Quantities.EffectiveRank, "features"),
        ("stable rank of the features", Quantities.StableRank, "features"),
        ("mean norm of the features", Quantities.Norm, "features"),
        ("dead units, second hidden layer", Quantities.Dead, "head"),
        ("dormant units, second hidden layer", Quantities.Dormant, "head"),
        ("gradient norm", Quantities.GradientNorm, "all"),
        ("mean norm of the head's rows", Quantities.Norm, "head rows"),
        ("distance from initialization", Quantities.Distance, "all"),
    ];

    public static void Save(string path, IReadOnlyList<ArmResult> arms)
    {
        PlotFont.Use();
        var rows = (Panels.Length + Columns) / Columns;
        var picture = new Multiplot { Layout = new Grid(rows, Columns) };
        picture.AddPlots(rows * Columns);
        DrawLoss(picture.Subplots.GetPlot(0), arms);
        var measurements = arms.SelectMany(Measurement.Of).ToLookup(m => (m.Quantity, m.Subject));
        for (var i = 0; i < Panels.Length; i++)
        {
            var (title, quantity, subject) = Panels[i];
            Draw(picture.Subplots.GetPlot(i + 1), title, measurements[(quantity, subject)].ToLookup(m => m.Arm), arms);
        }

        picture.SavePng(path, PanelWidth * Columns, PanelHeight * rows);
    }

    private static void DrawLoss(Plot plot, IReadOnlyList<ArmResult> arms)
    {
        const int window = 5;
        foreach (var arm in arms)
        {
            var means = arm.Losses.Chunk(window).Select(chunk => chunk.Average()).ToArray();
            AddLine(plot, arm.Arm, [.. means.Select((_, i) => (i + 0.5) * window)], means);
        }

        Finish(plot, $"training loss, mean of {window} steps", arms);
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.ShowLegend(Edge.Bottom);
    }

    private static void Draw(Plot plot, string title, ILookup<Arm, Measurement> measurements, IReadOnlyList<ArmResult> arms)
    {
        foreach (var points in measurements)
        {
            AddLine(plot, points.Key, [.. points.Select(point => (double)point.Steps)], [.. points.Select(point => point.Value)]);
        }

        Finish(plot, title, arms);
        plot.HideLegend();
    }

    private static void AddLine(Plot plot, Arm arm, double[] xs, double[] ys)
    {
        var known = xs.Zip(ys).Where(point => double.IsFinite(point.Second)).ToList();
        var line = plot.Add.ScatterLine(known.ConvertAll(point => point.First), known.ConvertAll(point => point.Second), ArmColors.Of(arm));
        line.LineWidth = 1.8f;
        line.LegendText = arm.Title();
    }

    private static void Finish(Plot plot, string title, IReadOnlyList<ArmResult> arms)
    {
        plot.Axes.AutoScale();
        var limits = plot.Axes.GetLimits();
        plot.Axes.SetLimits(0, 1.03 * arms[0].Losses.Count, 0, limits.Top);
        foreach (var start in arms[0].TaskStarts.Skip(1))
        {
            var mark = plot.Add.VerticalLine(start, 1, Colors.Black.WithAlpha(0.35), LinePattern.Dotted);
            plot.MoveToBack(mark);
        }

        plot.Title(title, size: 14);
        plot.Axes.Title.Label.Bold = false;
        plot.XLabel("steps (dotted: a task begins; with zapping, the last layer is reset)");
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Bottom.Label.FontSize = 12;
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.06);
    }
}

/// <summary>Okabe and Ito's colors, which the color-blind tell apart.</summary>
internal static class ArmColors
{
    public static Color Of(Arm arm) => Color.FromHex(arm == Arm.With ? "#0072B2" : "#D55E00");
}
