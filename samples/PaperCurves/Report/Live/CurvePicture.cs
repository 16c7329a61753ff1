using PaperCurves.Files;
using PaperCurves.Pretraining;
using PaperCurves.Report.Charts;
using PaperCurves.Report.Figures;
using PaperCurves.Report.Published;
using PaperCurves.Report.Text;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Live;

/// <summary>The curves of one transfer, and what is said below them.</summary>
/// <param name="Kind">The transfer.</param>
/// <param name="Curves">At least one.</param>
/// <param name="Sentences">A paragraph each.</param>
public sealed record CurvePanel(TransferKind Kind, IReadOnlyList<Curve> Curves, IReadOnlyList<string> Sentences);

/// <summary>Draws the curves of both transfers side by side, and below them what they show, as a PNG.</summary>
public static class CurvePicture
{
    private const double Margin = 16;
    private const double TextSize = 11;
    private const double LineHeight = 16;

    /// <summary>Draws and saves.</summary>
    /// <param name="panels">At least one.</param>
    /// <param name="caption">What was done, on which data.</param>
    /// <param name="published">Of which method the paper's curves belong beside ours: only for the same data and size, else null.</param>
    /// <param name="path">The PNG file, replaced if it exists.</param>
    public static void Save(IReadOnlyList<CurvePanel> panels, string caption, Method? published, string path)
    {
        ArgumentNullException.ThrowIfNull(panels);
        var picture = PngWriter.Write(Drawing.Beside([.. panels.Select(panel => Draw(panel, caption, published))]));
        AtomicFile.Write(path, file => file.Write(picture), overwrite: true);
    }

    private static Drawing Draw(CurvePanel panel, string caption, Method? published)
    {
        var trials = panel.Curves.SelectMany(curve => curve.Points).Min(point => point.Query.Values.Count);
        var above = Lines([panel.Kind.Heading, $"{caption}, {Spread(trials)}"]);
        var chart = Chart(panel, published);
        var below = Lines(panel.Sentences);
        var top = Margin + (LineHeight * above.Count);
        var bottom = top + chart.Height + Margin;
        return new Drawing(
            chart.Width,
            bottom + (LineHeight * Math.Max(0, below.Count - 1)) + Margin,
            [
                .. above.Select((line, i) => new Label(ChartColor.Text, new Spot(chart.Width / 2, LineHeight * (i + 1)), line, TextSize, Anchor.Middle)),
                .. chart.Moved(0, top),
                .. below.Select((line, i) => new Label(ChartColor.Text, new Spot(Margin, bottom + (LineHeight * i)), line, TextSize, Anchor.Start)),
            ]);
    }

    private static Drawing Chart(CurvePanel panel, Method? published)
    {
        // The published curves go on to 180 steps and 600 classes; ours say how far the picture reaches.
        var last = panel.Curves.SelectMany(curve => curve.Points).Max(point => point.X);
        var ours = panel.Curves.Select(curve => new Series(curve.Arm.Title(), StyleOf(curve.Arm), [.. curve.Points.Select(CurveFigures.Point)])).ToList();
        var theirs = panel.Curves.Select(curve => Published(panel.Kind, curve.Arm, published, last)).Where(series => series.Points.Count > 0).ToList();
        IReadOnlyList<LegendKey> keys = [.. ours.Select(series => series.Key), .. theirs.Count > 0 ? [SeriesStyles.PublishedKey] : Array.Empty<LegendKey>()];
        return LineChart.Draw(Axis.Scale(panel.Kind.Axis, 0, last), Axis.Percent("query accuracy (%)"), [.. ours, .. theirs], keys);
    }

    private static Series Published(TransferKind kind, Arm arm, Method? method, long last) => new(
        $"{arm.Title()}, published",
        StyleOf(arm) with { Dash = Dash.Dashed, Marker = null, Width = 1.6 },
        method is { } known ? [.. PublishedFigures.Curve(known, kind, arm).Where(point => point.X <= last).Select(point => new SeriesPoint(point.X, point.Percent))] : []);

    private static string Spread(int trials) => trials == 1 ? "one trial" : FormattableString.Invariant($"mean ± sd of {trials} trials");

    private static SeriesStyle StyleOf(Arm arm) => arm switch
    {
        Arm.None => SeriesStyles.Ours(Pretrained.Iid),
        Arm.Zap => SeriesStyles.Ours(Pretrained.IidZap),
        _ => SeriesStyles.Recommended,
    };

    private static List<string> Lines(IEnumerable<string> paragraphs) =>
        [.. paragraphs.SelectMany(text => TextLines.Wrap(text, Frame.Width - (2 * Margin), line => ChartFont.WidthOf(line, TextSize)))];
}
