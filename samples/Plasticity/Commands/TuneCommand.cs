using System.CommandLine;
using System.Globalization;
using Plasticity.Policies;
using Plasticity.Runs;
using Plasticity.Tuning;
using Spectre.Console;
using Zapping.CommandLine;

namespace Plasticity.Commands;

/// <summary>tune: the options of a policy, on streams that no comparison takes.</summary>
internal static class TuneCommand
{
    public static Command Create()
    {
        var shared = new CellOptions("plasticity-tuning");
        var policies = CellOptions.Policies();
        var optimizers = CellOptions.Optimizers();
        var seeds = CellOptions.Seeds("100-102");
        var command = shared.AddTo(new Command("tune", "Try the options of policies on other streams than those compared on. Chosen is what changes the network least, of all within a standard error of the best.") { policies, optimizers, seeds });
        CommandAction.Of(command, (parse, cancellationToken) =>
        {
            var problem = shared.Problem(parse, cancellationToken, choosing: true);
            var cells =
                from optimizer in OptimizerKind.All
                where parse.GetValue(optimizers)!.Contains(optimizer.Name)
                from row in PolicyRows.All
                where parse.GetValue(policies)!.Contains(row.Name)
                from options in row.Grid
                from seed in parse.GetValue(seeds)!
                select shared.Cell(parse, problem, row, options, optimizer, seed);
            var runs = shared.Queue(parse).Complete([.. cells], cancellationToken);
            foreach (var optimizer in runs.GroupBy(run => (run.Optimizer, run.LearningRate, run.Tasks)))
            {
                Choose(problem.Name, [.. optimizer], parse.GetValue(seeds)!, parse.GetValue(shared.Output)!);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static void Choose(string problem, IReadOnlyList<RunRecord> runs, IReadOnlyList<ulong> seeds, string folder)
    {
        var table = new Table { Title = new TableTitle(Markup.Escape($"{problem}, {runs[0].Optimizer}")) };
        table.AddColumns("policy", "options", "score", "standard error", "");
        var chosen = new Dictionary<string, TunedPolicy>(StringComparer.Ordinal);
        foreach (var row in PolicyRows.All.Where(row => runs.Any(run => run.Policy == row.Name)))
        {
            var points = TunedPoint.Of(row, runs);
            var best = TunedPoint.Choose(points);
            chosen[row.Name] = new(best.Options, [.. points.Select(point => new TunedScore(point.Options, Math.Round(point.Mean, 4), Math.Round(point.StandardError, 4)))]);
            foreach (var point in points)
            {
                table.AddRow(row.Name, PolicyRow.TextOf(point.Options), Number(point.Mean), Number(point.StandardError), point == best ? Says(best, points) : "");
            }
        }

        AnsiConsole.Write(table);
        var path = new TunedOptions(problem, runs[0].Optimizer, runs[0].LearningRate, runs[0].Tasks, seeds, chosen).Write(folder);
        AnsiConsole.WriteLine($"{path} has the chosen options: compare --tuned {folder} takes them.");
    }

    private static string Says(TunedPoint best, IReadOnlyList<TunedPoint> points) =>
        best.AtEnds(points).ToList() is { Count: > 0 } ends ? $"chosen, at an end of {string.Join(", ", ends)}" : "chosen";

    private static string Number(double value) => value.ToString("f4", CultureInfo.InvariantCulture);
}
