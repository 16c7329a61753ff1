using PaperCurves.Report.Charts;
using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Report.Text;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Figures;

/// <summary>Where each transfer ends, ours beside published.</summary>
internal static class FinalFigures
{
    private static readonly string[] Columns =
        ["transfer", "network", "x", "learning rate", "ours (%)", "sd", "95 % CI low", "95 % CI high", "n", "published (%)", "published sd"];

    public static IEnumerable<Figure> Of(ReportData report, RateSelection selection) =>
        from kind in TransferKind.Published
        let ends = report.PretrainedWith(selection, kind).Select(network => (Network: network, End: report.End(selection, network, kind)!)).ToList()
        where ends.Count > 0
        select Draw(selection, kind, ends);

    private static Figure Draw(RateSelection selection, TransferKind kind, IReadOnlyList<(Pretrained Network, SelectedPoint End)> ends)
    {
        var groups = ends.Select(end => new BarGroup(
            end.Network.ShortTitle,
            [new Bar(end.End.Query.Mean, end.End.Query.Sd), Published(kind, end) is { } published ? new Bar(published.Percent, published.Sd) : null]));
        return new Figure(
            $"final-{kind.Key}-{selection.Key()}",
            $"Final query accuracy: {kind.Title}. Mean ± 1 sd ({selection.Title()}).",
            $"Final query accuracy, ours and published: {string.Join("; ", ends.Select(end => $"{end.Network.Title} {Numbers.Percent(end.End.Query.Mean)} and {Numbers.Percent(Published(kind, end)?.Percent)} %"))}.",
            BarChart.Draw(
                "pre-training",
                Axis.Percent("query accuracy (%)"),
                [new BarStyle("ours", ChartColor.Blue, BarFill.Full), new BarStyle("published", ChartColor.Vermillion, BarFill.Outline)],
                [.. groups]),
            new DataTable(Columns, [.. ends.Select(end => Row(kind, end))]));
    }

    private static PublishedPoint? Published(TransferKind kind, (Pretrained Network, SelectedPoint End) end) =>
        PublishedFigures.At(kind, end.Network, kind == TransferKind.ZeroShot ? 0 : end.End.X);

    private static string[] Row(TransferKind kind, (Pretrained Network, SelectedPoint End) end) =>
    [
        kind.Title, end.Network.Title, Numbers.Raw(end.End.X), Numbers.Rates(end.End.LearningRates), Numbers.Raw(end.End.Query.Mean),
        Numbers.Raw(end.End.Query.Sd), Numbers.Raw(end.End.Query.Low), Numbers.Raw(end.End.Query.High), Numbers.Raw(end.End.Query.Values.Count),
        Numbers.Raw(Published(kind, end)?.Percent), Numbers.Raw(Published(kind, end)?.Sd),
    ];
}
