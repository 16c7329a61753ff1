using PaperCurves.Report.Charts;
using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Report.Text;
using PaperCurves.Sweeps;
using static System.FormattableString;

namespace PaperCurves.Report.Figures;

/// <summary>What sequential transfer forgets: accuracy on each group of classes, each time that it is evaluated.</summary>
internal static class ForgettingFigures
{
    private const int GroupSize = 50;

    public static IEnumerable<Figure> Of(ReportData report, RateSelection selection) =>
        from kind in new[] { TransferKind.SequentialUnfrozen, TransferKind.SequentialHead }
        from network in report.PretrainedWith(selection, kind)
        where network.IsMain
        select Draw(report.End(selection, network, kind)!, network, kind, selection);

    private static Figure Draw(SelectedPoint end, Pretrained network, TransferKind kind, RateSelection selection)
    {
        var cells = end.Cells;
        var evaluations = cells[0].Points.Select(point => point.ClassesSeen).ToList();
        var hits = cells.Select(cell => cell.Points.ToDictionary(point => point.ClassesSeen, point => point.Query.HitsOf(cell, point))).ToList();
        var groups = (evaluations[^1] + GroupSize - 1) / GroupSize;
        double? Percent(int group, int evaluation) => Recognized(cells, hits, group, evaluations[evaluation]);
        var lastClasses = Enumerable.Range(1, groups).Select(group => Invariant($"{Math.Min(group * GroupSize, evaluations[^1])}")).ToList();
        var names = Enumerable.Range(0, groups).Select(group => Invariant($"{group * GroupSize + 1}–{Math.Min((group + 1) * GroupSize, evaluations[^1])}")).ToList();
        return new Figure(
            $"forgetting-{kind.Key}-{network.Key}-{selection.Key()}",
            $"Forgetting: {network.Title}, {kind.Title}, learning rate {Numbers.Rates(end.LearningRates)}, the one of the curve's end ({selection.Title()}). Query accuracy of each group of {GroupSize} classes in the order of learning; mean over {cells.Count} runs.",
            $"The group learned last is recognized to {Numbers.Percent(Percent(groups - 1, evaluations.Count - 1))} %, the one learned first to {Numbers.Percent(Percent(0, evaluations.Count - 1))} % in the end.",
            HeatMap.Draw("classes learned so far", [.. evaluations.Select(classes => Invariant($"{classes}"))], Invariant($"{GroupSize} classes up to number"), lastClasses, Percent),
            new DataTable(
                ["group of classes", .. evaluations.Select(classes => Invariant($"after {classes} (%)"))],
                [.. names.Select((name, group) => (string[])[name, .. evaluations.Select((_, evaluation) => Numbers.Raw(Percent(group, evaluation)))])]));
    }

    private static double? Recognized(IReadOnlyList<CellResult> cells, IReadOnlyList<Dictionary<int, int[]>> hits, int group, int classes)
    {
        var first = group * GroupSize;
        var seen = Math.Min(classes, first + GroupSize) - first;
        var fractions = cells.Zip(hits).Where(pair => seen > 0 && pair.Second.ContainsKey(classes)).Select(pair =>
            pair.Second[classes].AsSpan(first, seen).ToArray().Sum() / (double)(seen * pair.First.Settings.Query));
        return fractions.Select(fraction => (double?)(100 * fraction)).Average();
    }
}
