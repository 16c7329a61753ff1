using PaperCurves.Sweeps;

namespace PaperCurves.Report.Html.Figures;

/// <summary>All figures of a report, by what they are about. Those of two selections stand next to each other.</summary>
internal sealed class AllFigures(Study study)
{
    public IReadOnlyList<Figure> Curves { get; } = PerSelection(study, CurveFigures.Of);

    public IReadOnlyList<Figure> Recommended { get; } = PerSelection(study, RecommendedFigures.Of);

    public IReadOnlyList<Figure> Finals { get; } = PerSelection(study, FinalFigures.Of);

    public IReadOnlyList<Figure> ZapSize { get; } = PerSelection(study, ZapSizeFigure.Of);

    public IReadOnlyList<Figure> Forgetting { get; } = PerSelection(study, ForgettingFigures.Of);

    public IReadOnlyList<Figure> Recovery { get; } = [.. RecoveryFigures.Of(study)];

    public IReadOnlyList<Figure> Pretraining { get; } = [.. PretrainingFigure.Of(study)];

    public IEnumerable<Figure> Everything => [.. Curves, .. Recommended, .. Finals, .. ZapSize, .. Forgetting, .. Recovery, .. Pretraining];

    private static IReadOnlyList<Figure> PerSelection(Study study, Func<Study, RateSelection, IEnumerable<Figure>> make) =>
    [
        .. study.Selections
            .SelectMany(selection => make(study, selection).Select(figure => (Figure: figure, Selection: selection)))
            .GroupBy(made => made.Figure.Id[..made.Figure.Id.LastIndexOf('-')], StringComparer.Ordinal)
            .SelectMany(pair => pair.Select(made => made.Figure)),
    ];
}
