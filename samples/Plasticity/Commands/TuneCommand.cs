using System.CommandLine;
using System.Globalization;
using Plasticity.Policies;
using Plasticity.Runs;
using Spectre.Console;
using Zapping.CommandLine;

namespace Plasticity.Commands;

/// <summary>tune: the options of a policy, on streams that no comparison takes.</summary>
internal static class TuneCommand
{
    public static Command Create()
    {
        var shared = new CellOptions();
        var policies = CellOptions.Policies();
        var optimizers = CellOptions.Optimizers();
        var seeds = CellOptions.Seeds("100-102");
        var command = shared.AddTo(new Command("tune", "Try the options of policies on other streams, and print which are best.") { policies, optimizers, seeds });
        CommandAction.Of(command, (parse, cancellationToken) =>
        {
            var problem = shared.Problem(parse, cancellationToken);
            var cells =
                from optimizer in OptimizerKind.All
                where parse.GetValue(optimizers)!.Contains(optimizer.Name)
                from row in PolicyRows.All
                where parse.GetValue(policies)!.Contains(row.Name)
                from options in row.Grid
                from seed in parse.GetValue(seeds)!
                select shared.Cell(parse, problem, row, options, optimizer, seed);
            var runs = shared.Queue(parse).Complete([.. cells], cancellationToken);
            Print(runs);
            return ExitCodes.Done;
        });
        return command;
    }

    // The score is the mean online accuracy over all tasks: nothing is chosen on a test image.
    private static void Print(IReadOnlyList<RunRecord> runs)
    {
        var table = new Table().AddColumns("optimizer", "policy", "options", "score", "best");
        foreach (var policy in runs.GroupBy(run => (run.Optimizer, run.Policy)))
        {
            var scores = policy.GroupBy(run => PolicyRow.TextOf(run.Options), StringComparer.Ordinal).Select(group => (Options: group.Key, Score: group.Average(Score))).ToList();
            var best = scores.Max(own => own.Score);
            foreach (var (options, score) in scores)
            {
                table.AddRow(policy.Key.Optimizer, policy.Key.Policy, options, score.ToString("p1", CultureInfo.InvariantCulture), score == best ? "*" : "");
            }
        }

        AnsiConsole.Write(table);
    }

    private static double Score(RunRecord run) => run.PerTask.Average(task => task.Online);
}
