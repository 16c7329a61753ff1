using PaperCurves.Report.Charts;
using PaperCurves.Report.Claims;
using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Report.Text;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Figures;

/// <summary>Training and validation accuracy at the end of pre-training, ours beside published.</summary>
internal static class PretrainingFigure
{
    private static readonly BarStyle[] SeriesStyles =
    [
        new("training", ChartColor.Blue, BarFill.Full), new("training, published", ChartColor.Blue, BarFill.Outline),
        new("validation", ChartColor.Vermillion, BarFill.Full), new("validation, published", ChartColor.Vermillion, BarFill.Outline),
    ];

    public static IEnumerable<Figure> Of(ReportData report)
    {
        var networks = report.Input.Networks.Select(network => report.PretrainedOf(network.Name)).OfType<Pretrained>().Distinct()
            .OrderBy(network => network.Method).ThenBy(network => network.ZapRows).ToList();
        return networks.Count == 0 ? [] : [Draw(report, networks)];
    }

    private static Figure Draw(ReportData report, IReadOnlyList<Pretrained> networks)
    {
        var ends = networks.Select(network => (
            Network: network,
            Training: PretrainingMeasure.Training.Of(report, RateSelection.Oracle, network),
            Validation: PretrainingMeasure.Validation.Of(report, RateSelection.Oracle, network))).ToList();
        return new Figure(
            "pretraining-end",
            "Training and validation accuracy at the end of pre-training, mean ± 1 sd over seeds. (Pre-training; no learning rate is selected.)",
            $"Training and validation accuracy: {string.Join("; ", ends.Select(end => $"{end.Network.Title} {Numbers.Percent(end.Training?.Mean)} and {Numbers.Percent(end.Validation?.Mean)} %"))}.",
            BarChart.Draw(
                "pre-training",
                Axis.Percent("accuracy (%)"),
                SeriesStyles,
                [.. ends.Select(end => new BarGroup(
                    end.Network.ShortTitle,
                    [Ours(end.Training), Published(PublishedFigures.Training(end.Network)), Ours(end.Validation), Published(PublishedFigures.Validation(end.Network))]))]),
            new DataTable(
                ["network", "n", "training (%)", "sd", "validation (%)", "sd", "training, published (%)", "validation, published (%)"],
                [.. ends.Select(end => (string[])[
                    end.Network.Title, end.Training is { } sample ? Numbers.Raw(sample.Values.Count) : "", Numbers.Raw(end.Training?.Mean), Numbers.Raw(end.Training?.Sd),
                    Numbers.Raw(end.Validation?.Mean), Numbers.Raw(end.Validation?.Sd),
                    Numbers.Raw(PublishedFigures.Training(end.Network)), Numbers.Raw(PublishedFigures.Validation(end.Network))])]));
    }

    private static Bar? Ours(Sample? sample) => sample is null ? null : new Bar(sample.Mean, sample.Sd);

    private static Bar? Published(double? percent) => percent is { } height ? new Bar(height, null) : null;
}
