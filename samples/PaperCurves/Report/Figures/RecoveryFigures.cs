using PaperCurves.Pretraining;
using PaperCurves.Report.Charts;
using PaperCurves.Report.Claims;
using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Report.Text;
using static System.FormattableString;

namespace PaperCurves.Report.Figures;

/// <summary>What zaps do to i.i.d. pre-training, and the ways back. No transfer, so no learning rate was selected.</summary>
internal static class RecoveryFigures
{
    private static readonly ChartColor[] SeedInks = [ChartColor.Blue, ChartColor.Vermillion, ChartColor.Green, ChartColor.Purple, ChartColor.Orange, ChartColor.Sky];
    private static readonly Dash[] Dashes = Enum.GetValues<Dash>();
    private static readonly Marker[] Markers = Enum.GetValues<Marker>();

    public static IEnumerable<Figure> Of(ReportData report)
    {
        var runs = report.Networks(Pretrained.IidZap)
            .Select(network => new Run(network.Seed, Recovery.Of(network.Steps)))
            .Where(run => run.Recoveries.Count > 0)
            .ToList();
        var validated = new[] { Pretrained.Iid, Pretrained.IidZap }
            .SelectMany(report.Networks)
            .Where(network => network.Steps.Any(step => step.ValidationAccuracy is not null))
            .ToList();
        return
        [
            .. runs.Take(1).Select(Overlay),
            .. runs.Count == 0 ? Array.Empty<Figure>() : [StepsByZap(runs)],
            .. validated.Count == 0 ? Array.Empty<Figure>() : [Validation(validated)],
        ];
    }

    private static Figure Overlay(Run run)
    {
        var series = run.Recoveries.Select(recovery => new Series(
            Invariant($"zap {recovery.Zap}"),
            new SeriesStyle(SeedInks[(recovery.Zap - 1) % SeedInks.Length], Dashes[(recovery.Zap - 1) / SeedInks.Length % Dashes.Length], Marker: null, Width: 1.6),
            [.. Around(recovery).Select(step => new SeriesPoint(step.Since, 100 * step.Row.Accuracy))])).ToList();
        var points = series.SelectMany(one => one.Points).ToList();
        return new Figure(
            "recovery-overlay",
            Invariant($"Recovery after each zap: accuracy of training batches around it, before each update; seed {run.Seed}. (Pre-training; no learning rate is selected.)"),
            $"Batch accuracy at each zap and after it. Steps to 50 % again: {string.Join(", ", run.Recoveries.Select(Regained))}.",
            LineChart.Draw(
                Axis.Scale("steps since the zap", points.Min(point => point.X), points.Max(point => point.X)), Axis.Percent("batch accuracy (%)"), series, [.. series.Select(one => one.Key)]),
            new DataTable(
                ["seed", "zap", "steps since the zap", "step", "loss", "batch accuracy (%)"],
                [.. run.Recoveries.SelectMany(recovery => Around(recovery).Select(step => (string[])[
                    Invariant($"{run.Seed}"), Numbers.Raw(recovery.Zap), Numbers.Raw(step.Since), Numbers.Raw(step.Row.Step),
                    Numbers.Raw(step.Row.Loss), Numbers.Raw(100 * step.Row.Accuracy)]))]));
    }

    private static Figure StepsByZap(IReadOnlyList<Run> runs)
    {
        var series = runs.Select((run, i) => new Series(
            Invariant($"seed {run.Seed}"),
            new SeriesStyle(SeedInks[i % SeedInks.Length], Dashes[i % Dashes.Length], Markers[i % Markers.Length]),
            [.. run.Recoveries.Where(recovery => recovery.Steps is not null).Select(recovery => new SeriesPoint(recovery.Zap, recovery.Steps!.Value))]))
            .ToList();
        var zaps = runs.Max(run => run.Recoveries.Count);
        return new Figure(
            "recovery-steps",
            Invariant($"Steps until a training batch is recognized to {Recovery.Threshold:p0} again, by zap. (Pre-training; no learning rate is selected.)"),
            $"Steps to regain half of a batch, by zap: {string.Join("; ", runs.Select(run => Invariant($"seed {run.Seed}: {string.Join(", ", run.Recoveries.Select(Regained))}")))}.",
            LineChart.Draw(
                new Axis("zap", 0.5, zaps + 0.5, [.. Enumerable.Range(1, zaps).Select(zap => new Tick(zap, Axis.Text(zap)))]),
                Axis.UpTo("steps to 50 %", series.SelectMany(one => one.Points).Select(point => point.Y)),
                series,
                [.. series.Select(one => one.Key)]),
            new DataTable(
                ["seed", "zap", "loss at once", "steps to 50 % batch accuracy"],
                [.. runs.SelectMany(run => run.Recoveries.Select(recovery => (string[])[
                    Invariant($"{run.Seed}"), Numbers.Raw(recovery.Zap), Numbers.Raw(recovery.LossAtOnce), recovery.Steps is { } steps ? Numbers.Raw(steps) : ""]))]));
    }

    private static Figure Validation(IReadOnlyList<NetworkRecord> networks)
    {
        var series = networks.Select(network => (Network: network, Kind: Pretrained.Of(network.Plan)!)).Select(one => new Series(
            Invariant($"{one.Kind.Title}, seed {one.Network.Seed}"),
            LookOf(one.Kind),
            [.. Validated(one.Network).Select(step => new SeriesPoint(step.Step, 100 * step.ValidationAccuracy!.Value))])).ToList();
        return new Figure(
            "validation-by-step",
            "Validation accuracy during i.i.d. pre-training, every 5 steps, a line for each seed. (Pre-training; no learning rate is selected.)",
            $"Validation accuracy by step; the last values: {string.Join(", ", series.Select(one => $"{one.Name} {Numbers.Percent(one.Points[^1].Y)} %"))}.",
            LineChart.Draw(
                Axis.UpTo("steps", series.SelectMany(one => one.Points).Select(point => point.X)),
                Axis.Percent("validation accuracy (%)"),
                series,
                [.. networks.Select(network => Pretrained.Of(network.Plan)!).Distinct().Select(kind => new LegendKey(kind.Title, LookOf(kind)))]),
            new DataTable(
                ["network", "seed", "step", "validation accuracy (%)"],
                [.. networks.SelectMany(network => Validated(network).Select(step => (string[])[
                    network.Name, Invariant($"{network.Seed}"), Numbers.Raw(step.Step), Numbers.Raw(100 * step.ValidationAccuracy!.Value)]))]));
    }

    private static SeriesStyle LookOf(Pretrained kind) => new(SeriesStyles.ColorOf(kind), kind.ZapRows == 0 ? Dash.Dotted : Dash.Solid, Marker: null, Width: 1.8);

    private static string Regained(Recovery recovery) => recovery.Steps is { } steps ? Invariant($"{steps}") : "not before the next";

    private static IEnumerable<StepRow> Validated(NetworkRecord network) => network.Steps.Where(step => step.ValidationAccuracy is not null);

    private static IEnumerable<(int Since, StepRow Row)> Around(Recovery recovery) =>
        recovery.Before.Select((row, i) => (i - recovery.Before.Count, row)).Concat(recovery.After.Select((row, i) => (i, row)));

    private sealed record Run(ulong Seed, IReadOnlyList<Recovery> Recoveries);
}
