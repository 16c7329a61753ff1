using PaperCurves.Report.Charts;
using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Report.Text;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Figures;

/// <summary>Query accuracy along each transfer, ours with bands of one standard deviation, and the published curves.</summary>
internal static class CurveFigures
{
    public static IReadOnlyList<string> Columns { get; } =
        ["network", "source", "x", "learning rate", "query accuracy (%)", "sd", "95 % CI low", "95 % CI high", "n", "support accuracy (%)"];

    public static IEnumerable<Figure> Of(ReportData report, RateSelection selection) =>
        from kind in TransferKind.Published
        where kind != TransferKind.ZeroShot
        let networks = report.PretrainedWith(selection, kind).Where(network => network.IsMain).ToList()
        where networks.Count > 0
        select Draw(report, selection, kind, networks);

    /// <summary>One point of ours, with its band.</summary>
    public static SeriesPoint Point(SelectedPoint point) =>
        new(point.X, point.Query.Mean, point.Query.Mean - point.Query.Sd, point.Query.Mean + point.Query.Sd);

    /// <summary>The published curve as far as ours goes; without points if there is none.</summary>
    public static Series Published(Pretrained network, TransferKind kind, long last) => new(
        $"{network.Title}, published",
        SeriesStyles.Published(network),
        [.. PublishedFigures.Curve(kind, network).Where(point => point.X <= last).Select(point => new SeriesPoint(point.X, point.Percent))]);

    /// <summary>Our numbers, as <see cref="Columns"/> name them.</summary>
    public static IEnumerable<string[]> Rows(string network, IReadOnlyList<SelectedPoint> points) => points.Select(point => new[]
    {
        network, "ours", Numbers.Raw(point.X), Numbers.Rates(point.LearningRates), Numbers.Raw(point.Query.Mean), Numbers.Raw(point.Query.Sd),
        Numbers.Raw(point.Query.Low), Numbers.Raw(point.Query.High), Numbers.Raw(point.Query.Values.Count), Numbers.Raw(point.Support.Mean),
    });

    /// <summary>The published numbers.</summary>
    public static IEnumerable<string[]> PublishedRows(string network, Pretrained published, TransferKind kind) =>
        PublishedFigures.Curve(kind, published).Select(point => new[]
        {
            network, "published", Numbers.Raw(point.X), "", Numbers.Raw(point.Percent), Numbers.Raw(point.Sd), "", "", "", "",
        });

    private static Figure Draw(ReportData report, RateSelection selection, TransferKind kind, IReadOnlyList<Pretrained> networks)
    {
        var curves = networks.Select(network => (Network: network, report.Curve(selection, network, kind)!.Points)).ToList();
        var last = curves.Max(curve => curve.Points[^1].X);
        var ours = curves.Select(curve => new Series(curve.Network.Title, SeriesStyles.Ours(curve.Network), [.. curve.Points.Select(Point)])).ToList();
        var published = networks.Select(network => Published(network, kind, last)).Where(curve => curve.Points.Count > 0);
        return new Figure(
            $"curve-{kind.Key}-{selection.Key()}",
            $"Transfer: {kind.Title}. Query accuracy, mean ± 1 sd over seeds and trials ({selection.Title()}); published curves dashed.",
            $"Query accuracy against {kind.Axis}. At the end: {string.Join(", ", curves.Select(curve => $"{curve.Network.Title} {Numbers.Percent(curve.Points[^1].Query.Mean)} %"))}.",
            LineChart.Draw(Axis.Scale(kind.Axis, 0, last), Axis.Percent("query accuracy (%)"), [.. ours, .. published], [.. ours.Select(one => one.Key), SeriesStyles.PublishedKey]),
            new DataTable(Columns, [.. curves.SelectMany(curve => Rows(curve.Network.Title, curve.Points)), .. networks.SelectMany(network => PublishedRows(network.Title, network, kind))]));
    }
}
