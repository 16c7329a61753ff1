using PaperCurves.Pretraining;
using PaperCurves.Report.Data;
using PaperCurves.Report.Text;
using static System.FormattableString;

namespace PaperCurves.Report.Page;

/// <summary>What one needs to judge the report and to make it again.</summary>
internal static class RecordSections
{
    public static IReadOnlyList<Section> Of(ReportInput input) =>
    [
        Section.OfTables("deviations", "Where this differs from the paper", input.Deviations.Count == 0 ? "No deviation was named." : "Every known difference.", [.. Deviations(input)]),
        Section.OfTables("settings", "Settings and seeds", "What was trained and transferred, and how long it took.", Networks(input), Plans(input), Transfers(input)),
        Section.OfTables("environment", "Machine, versions, commands", "As each run recorded them.", Circumstances(input), Commands(input)),
        Section.OfTables("not-run", "What was not run", input.NotRun.Count == 0 ? "Every planned cell has a result." : "Planned cells without a result.", [.. NotRun(input)]),
    ];

    private static IEnumerable<Table> Deviations(ReportInput input) => input.Deviations.Count == 0 ? [] :
    [
        Table.Of(
            "deviation-table",
            "Deviations",
            ["what", "published", "here", "what that means"],
            input.Deviations.Select(deviation => (string[])[deviation.Subject, deviation.Published, deviation.Here, deviation.Effect])),
    ];

    private static Table Networks(ReportInput input) => Table.Of(
        "networks",
        "Networks (pre-training; no learning rate is selected)",
        ["network", "seed", "steps", "training accuracy (%)", "validation accuracy (%)", "duration"],
        input.Networks.Select(network => (string[])[
            network.Name, Invariant($"{network.Seed}"), Numbers.Raw(network.Result.Steps),
            Numbers.Percent(100 * network.Result.TrainingAccuracy), Numbers.Percent(100 * network.Result.ValidationAccuracy), Numbers.Duration(network.Result.Seconds)]));

    private static Table Plans(ReportInput input)
    {
        var plans = input.Networks.DistinctBy(network => network.Name, StringComparer.Ordinal).ToList();
        return Table.Of(
            "plans",
            "Settings of pre-training (of the first seed of each network)",
            ["setting", .. plans.Select(network => network.Name)],
            from property in typeof(PretrainingPlan).GetProperties()
            where property.Name is not nameof(PretrainingPlan.Seed)
            select (string[])[property.Name, .. plans.Select(network => Invariant($"{property.GetValue(network.Plan) ?? "none"}"))]);
    }

    private static Table Transfers(ReportInput input) => Table.Of(
        "transfers",
        "Settings of transfer (both selections are made from these runs)",
        ["transfer", "protocol", "trains", "classes", "support / query", "pools", "learning rates", "trials", "runs", "duration in all"],
        input.Results.GroupBy(result => result.Transfer, StringComparer.Ordinal).Select(runs => (string[])[
            runs.Key, Invariant($"{runs.First().Settings.Protocol}"), Invariant($"{runs.First().Settings.Trains}"),
            Joined(runs.Select(run => run.Settings.Classes)), Invariant($"{runs.First().Settings.Support} / {runs.First().Settings.Query}"),
            string.Join(", ", runs.Select(run => run.Pool).Distinct().Order()), string.Join(", ", runs.Select(run => run.LearningRate).Distinct().Order().Select(Numbers.Rate)),
            Joined(runs.Select(run => run.Trial)), Numbers.Raw(runs.Count()), Numbers.Duration(runs.Sum(run => run.Seconds))]));

    private static Table Circumstances(ReportInput input) => Table.Of(
        "versions",
        "Machine and versions",
        ["what", "value"],
        Recorded(input)
            .SelectMany(circumstances => circumstances.Versions.Select(version => (What: version.Key, version.Value)).Prepend((What: "machine", Value: circumstances.Machine)))
            .Distinct().OrderBy(line => line.What, StringComparer.Ordinal)
            .Select(line => (string[])[line.What, line.Value]));

    private static Table Commands(ReportInput input) => Table.Of(
        "commands",
        "Command lines",
        ["command"],
        Recorded(input).Select(circumstances => circumstances.CommandLine).Distinct(StringComparer.Ordinal).Select(command => (string[])[command]));

    private static IEnumerable<Table> NotRun(ReportInput input) => input.NotRun.Count == 0 ? [] :
    [
        Table.Of("not-run-table", "Cells without a result", ["cell", "why"], input.NotRun.Select(cell => (string[])[cell.Id, cell.Reason])),
    ];

    private static IEnumerable<Circumstances> Recorded(ReportInput input) =>
        input.Networks.Select(network => network.Circumstances).Concat(input.Results.Select(result => result.Circumstances));

    private static string Joined(IEnumerable<int> values) => string.Join(", ", values.Distinct().Order().Select(value => Invariant($"{value}")));
}
