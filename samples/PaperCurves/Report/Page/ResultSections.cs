using PaperCurves.Report.Data;
using PaperCurves.Report.Figures;
using PaperCurves.Report.Text;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Page;

/// <summary>What the report shows of the results.</summary>
internal static class ResultSections
{
    public static IEnumerable<Section> Of(ReportData report, AllFigures figures) =>
        from section in new[]
        {
            Section.OfFigures("curves", "Transfer, step by step", "Ours solid, with a band of one standard deviation; the published curves dashed.", figures.Curves),
            Section.OfFigures("recommended", "Recommended resets", "The same transfers with the resets that the library recommends in place of the published ones. No figures of them were published.", figures.Recommended),
            Finals(report, figures),
            Section.OfTables("rates", "Learning rates", "What each choice was made from: every learning rate that was tried, where its runs end.", Rates(report)),
            Section.OfFigures("zap-size", "How much to zap", "I.i.d. pre-training with fewer rows reset.", figures.ZapSize),
            Section.OfFigures("forgetting", "What is forgotten", "The stronger the color, the better a group of classes is recognized. Along a row one sees what later classes cost it.", figures.Forgetting),
            Section.OfFigures("recovery", "Recovery after each zap", "Every zap sets the classifier back to guessing. What the features have kept shows in how soon it is back.", figures.Recovery),
            Section.OfFigures("pretraining", "Training against validation accuracy", "Whether zapping costs accuracy on the training images, and gains some on held-out images of the same classes.", figures.Pretraining),
        }
        where section.Tables.Any(table => table.Rows.Count > 0) || section.Figures.Count > 0
        select section;

    private static Section Finals(ReportData report, AllFigures figures) =>
        Section.OfFigures("final", "Final accuracy", "Every network and transfer at its last evaluation.", figures.Finals) with
        {
            Tables = [.. report.Selections.Select(selection => Ends(report, selection))],
        };

    private static Table Ends(ReportData report, RateSelection selection) => Table.Of(
        $"final-all-{selection.Key()}",
        $"Final query accuracy in percent, every network and transfer of the sweep ({selection.Title()})",
        ["network", "transfer", "at", "learning rate", "mean ± sd [95 % CI], n", "support accuracy"],
        from curve in report.CurvesOf(selection)
        where curve.Points.Count > 0
        let end = curve.Points[^1]
        select (string[])[curve.Network, curve.Transfer, Numbers.Raw(end.X), Numbers.Rates(end.LearningRates), Numbers.Of(end.Query), Numbers.Percent(end.Support.Mean)]);

    private static Table Rates(ReportData report) => Table.Of(
        "rates-all",
        "Query accuracy in percent at the end, by learning rate (all runs; no learning rate is selected)",
        ["network", "transfer", "learning rate", "on test classes", "on held-out classes"],
        report.Input.Results
            .Where(result => result.LearningRate is not null)
            .GroupBy(result => (result.Network, result.Transfer, Rate: result.LearningRate))
            .OrderBy(runs => runs.Key.Network, StringComparer.Ordinal).ThenBy(runs => runs.Key.Transfer, StringComparer.Ordinal).ThenBy(runs => runs.Key.Rate)
            .Select(runs => (string[])[
                runs.Key.Network, runs.Key.Transfer, Numbers.Rate(runs.Key.Rate), Numbers.Of(Ends(runs, ClassPool.Test)), Numbers.Of(Ends(runs, ClassPool.Validation))]));

    private static Sample? Ends(IEnumerable<CellResult> runs, ClassPool pool)
    {
        var values = runs.Where(run => run.Pool == pool && run.Points.Count > 0).Select(run => new SampleValue(run.Seed, run.Trial, 100 * run.Points[^1].Query.Top1)).ToList();
        return values.Count == 0 ? null : Statistics.Of(values);
    }
}
