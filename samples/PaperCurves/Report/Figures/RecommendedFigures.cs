using PaperCurves.Report.Charts;
using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Report.Text;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Figures;

/// <summary>Query accuracy along each transfer after the recommended resets, beside no resets and the published ones.</summary>
internal static class RecommendedFigures
{
    public static IEnumerable<Figure> Of(ReportData report, RateSelection selection)
    {
        var recommended = report.Input.Results.Where(result => RecommendedResets.Are(result.Plan)).Select(result => result.Network).ToHashSet(StringComparer.Ordinal);
        return
            from kind in TransferKind.Published
            where kind != TransferKind.ZeroShot
            let curve = report.CurvesOf(selection).FirstOrDefault(curve => recommended.Contains(curve.Network) && report.IsOf(curve.Transfer, kind))
            where curve?.Points.Count > 0
            select Draw(report, selection, kind, curve);
    }

    private static Figure Draw(ReportData report, RateSelection selection, TransferKind kind, SelectedCurve recommended)
    {
        var networks = new[] { (Title: "without zapping", Kind: Pretrained.Iid), (Title: "zapping as published", Kind: Pretrained.IidZap) }
            .Where(network => report.Curve(selection, network.Kind, kind) is not null).ToList();
        List<(string Title, SeriesStyle Style, IReadOnlyList<SelectedPoint> Points)> curves =
        [
            .. networks.Select(network => (network.Title, SeriesStyles.Ours(network.Kind), report.Curve(selection, network.Kind, kind)!.Points)),
            ("zapping as recommended", SeriesStyles.Recommended, recommended.Points),
        ];
        var last = curves.Max(curve => curve.Points[^1].X);
        var ours = curves.ConvertAll(curve => new Series(curve.Title, curve.Style, [.. curve.Points.Select(CurveFigures.Point)]));
        var published = networks.Select(network => CurveFigures.Published(network.Kind, kind, last)).Where(curve => curve.Points.Count > 0);
        return new Figure(
            $"recommended-{kind.Key}-{selection.Key()}",
            $"Recommended resets in i.i.d. pre-training. Transfer: {kind.Title}. Query accuracy, mean ± 1 sd over seeds and trials ({selection.Title()}); published curves dashed.",
            $"Query accuracy against {kind.Axis}. At the end: {string.Join(", ", curves.Select(curve => $"{curve.Title} {Numbers.Percent(curve.Points[^1].Query.Mean)} %"))}.",
            LineChart.Draw(Axis.Scale(kind.Axis, 0, last), Axis.Percent("query accuracy (%)"), [.. ours, .. published], [.. ours.Select(one => one.Key), SeriesStyles.PublishedKey]),
            new DataTable(
                CurveFigures.Columns,
                [
                    .. curves.SelectMany(curve => CurveFigures.Rows(curve.Title, curve.Points)),
                    .. networks.SelectMany(network => CurveFigures.PublishedRows(network.Title, network.Kind, kind)),
                ]));
    }
}
