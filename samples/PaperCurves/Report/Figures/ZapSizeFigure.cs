using PaperCurves.Pretraining;
using PaperCurves.Report.Charts;
using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Report.Text;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Figures;

/// <summary>Final accuracy against the number of rows zapped in i.i.d. pre-training.</summary>
internal static class ZapSizeFigure
{
    private static readonly string[] Columns = ["transfer", "source", "rows zapped", "query accuracy (%)", "sd", "n"];

    public static IEnumerable<Figure> Of(ReportData report, RateSelection selection)
    {
        var kinds = TransferKind.Published.Where(kind => Ours(report, selection, kind).Count > 2).ToList();
        return kinds.Count == 0 ? [] : [Draw(report, selection, kinds)];
    }

    private static Figure Draw(ReportData report, RateSelection selection, IReadOnlyList<TransferKind> kinds)
    {
        var series =
            from kind in kinds
            from one in new[]
            {
                new Series(kind.Title, SeriesStyles.Ours(kind), [.. Ours(report, selection, kind).Select(size => Point(size.Rows, size.Query))]),
                new Series($"{kind.Title}, published", SeriesStyles.Published(kind), [.. Published(kind).Select(size => new SeriesPoint(size.Rows, size.Point.Percent))]),
            }
            where one.Points.Count > 0
            select one;
        var rows = kinds.SelectMany(kind => OurRows(report, selection, kind).Concat(PublishedRows(kind)));
        return new Figure(
            $"zap-size-{selection.Key()}",
            $"Ablation: rows of the classifier zapped before each epoch of i.i.d. pre-training. Final query accuracy, mean ± 1 sd ({selection.Title()}); published dashed.",
            $"Final query accuracy against the number of rows zapped, from 0 to {Pretrained.AllRows}.",
            LineChart.Draw(Axis.Scale("rows zapped", 0, Pretrained.AllRows), Axis.Percent("query accuracy (%)"), [.. series], [.. kinds.Select(kind => new LegendKey(kind.Title, SeriesStyles.Ours(kind))), SeriesStyles.PublishedKey]),
            new DataTable(Columns, [.. rows]));
    }

    private static List<(int Rows, Sample Query)> Ours(ReportData report, RateSelection selection, TransferKind kind) =>
    [
        .. report.PretrainedWith(selection, kind)
            .Where(network => network.Method == Method.Iid)
            .Select(network => (network.ZapRows, report.End(selection, network, kind)!.Query)),
    ];

    private static IEnumerable<(int Rows, PublishedPoint Point)> Published(TransferKind kind) =>
        from rows in new[] { 0, 100, 500, 750, Pretrained.AllRows }
        let point = PublishedFigures.At(kind, new Pretrained(Method.Iid, rows), kind.PublishedEnd)
        where point is not null
        select (rows, point);

    private static SeriesPoint Point(int rows, Sample query) => new(rows, query.Mean, query.Mean - query.Sd, query.Mean + query.Sd);

    private static IEnumerable<string[]> OurRows(ReportData report, RateSelection selection, TransferKind kind) =>
        Ours(report, selection, kind).Select(size => new[]
        {
            kind.Title, "ours", Numbers.Raw(size.Rows), Numbers.Raw(size.Query.Mean), Numbers.Raw(size.Query.Sd), Numbers.Raw(size.Query.Values.Count),
        });

    private static IEnumerable<string[]> PublishedRows(TransferKind kind) => Published(kind).Select(size => new[]
    {
        kind.Title, "published", Numbers.Raw(size.Rows), Numbers.Raw(size.Point.Percent), Numbers.Raw(size.Point.Sd), "",
    });
}
