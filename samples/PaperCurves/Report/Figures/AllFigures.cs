using PaperCurves.Report.Data;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Figures;

/// <summary>All figures of a report, by what they are about. Those of two selections stand next to each other.</summary>
internal sealed class AllFigures(ReportData report)
{
    public IReadOnlyList<Figure> Curves { get; } = PerSelection(report, CurveFigures.Of);

    public IReadOnlyList<Figure> Recommended { get; } = PerSelection(report, RecommendedFigures.Of);

    public IReadOnlyList<Figure> Finals { get; } = PerSelection(report, FinalFigures.Of);

    public IReadOnlyList<Figure> ZapSize { get; } = PerSelection(report, ZapSizeFigure.Of);

    public IReadOnlyList<Figure> Forgetting { get; } = PerSelection(report, ForgettingFigures.Of);

    public IReadOnlyList<Figure> Recovery { get; } = [.. RecoveryFigures.Of(report)];

    public IReadOnlyList<Figure> Pretraining { get; } = [.. PretrainingFigure.Of(report)];

    public IEnumerable<Figure> Everything => [.. Curves, .. Recommended, .. Finals, .. ZapSize, .. Forgetting, .. Recovery, .. Pretraining];

    private static IReadOnlyList<Figure> PerSelection(ReportData report, Func<ReportData, RateSelection, IEnumerable<Figure>> make) =>
    [
        .. report.Selections
            .SelectMany(selection => make(report, selection).Select(figure => (Figure: figure, Selection: selection)))
            .GroupBy(made => made.Figure.Id[..made.Figure.Id.LastIndexOf('-')], StringComparer.Ordinal)
            .SelectMany(pair => pair.Select(made => made.Figure)),
    ];
}
