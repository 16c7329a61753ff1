using PaperCurves.Report.Html.Figures;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Html.Page;

/// <summary>What the report shows of the results.</summary>
internal static class ResultSections
{
    public static IEnumerable<Section> Of(Study study, AllFigures figures) =>
        from section in new[]
        {
            Section.OfFigures("curves", "Transfer, step by step", "Ours solid, with a band of one standard deviation; the published curves dashed.", figures.Curves),
            Finals(study, figures),
            Section.OfFigures("zap-size", "How much to zap", "I.i.d. pre-training with fewer rows reset.", figures.ZapSize),
            Section.OfFigures("forgetting", "What is forgotten", "The stronger the colour, the better a group of classes is recognised. Along a row one sees what later classes cost it.", figures.Forgetting),
            Section.OfFigures("recovery", "Recovery after each zap", "Every zap sets the classifier back to guessing. What the features have kept shows in how soon it is back.", figures.Recovery),
            Section.OfFigures("pretraining", "Training against validation accuracy", "Whether zapping costs accuracy on the training images, and gains some on held-out images of the same classes.", figures.Pretraining),
        }
        where section.Tables.Count + section.Figures.Count > 0
        select section;

    private static Section Finals(Study study, AllFigures figures) =>
        Section.OfFigures("final", "Final accuracy", "Every network and transfer at its last evaluation.", figures.Finals) with
        {
            Tables = [.. study.Selections.Select(selection => Ends(study, selection))],
        };

    private static Table Ends(Study study, RateSelection selection) => Table.Of(
        $"final-all-{selection.Key()}",
        $"Final query accuracy in percent, every network and transfer of the sweep ({selection.Title()})",
        ["network", "transfer", "at", "learning rate", "mean ± sd [95 % CI], n", "support accuracy"],
        from curve in study.CurvesOf(selection)
        where curve.Points.Count > 0
        let end = curve.Points[^1]
        select (string[])[curve.Network, curve.Transfer, Numbers.Raw(end.X), Numbers.Rate(end.LearningRate), Numbers.Of(end.Query), Numbers.Percent(end.Support.Mean)]);
}
