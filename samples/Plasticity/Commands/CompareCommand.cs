using System.CommandLine;
using Plasticity.Policies;
using Plasticity.Runs;
using Plasticity.Tuning;
using Zapping.CommandLine;

namespace Plasticity.Commands;

/// <summary>compare: every policy on one problem.</summary>
internal static class CompareCommand
{
    private const int QuickTasks = 10;

    public static Command Create()
    {
        var shared = new CellOptions();
        var policies = CellOptions.Policies();
        var optimizers = CellOptions.Optimizers();
        var seeds = CellOptions.Seeds("0-4");
        var quick = new Option<bool>("--quick") { Description = "Two seeds and ten tasks, whatever else is said: minutes. Tables say so." };
        var smoke = new Option<bool>("--smoke") { Description = "One seed, two tasks, and few policies: seconds, to see that everything works." };
        var tuned = new Option<string?>("--tuned") { Description = "Folder in which tune has chosen options; without it, they are those that list shows." }.Filled();
        var command = shared.AddTo(new Command("compare", "Train with every policy on one problem, and draw and print the comparison.") { policies, optimizers, seeds, tuned, quick, smoke });
        CommandAction.Of(command, (parse, cancellationToken) =>
        {
            var problem = shared.Problem(parse, cancellationToken);
            var (isQuick, isSmoke) = (parse.GetValue(quick), parse.GetValue(smoke));
            ulong[] chosenSeeds = isSmoke ? [0] : isQuick ? [0, 1] : parse.GetValue(seeds)!;
            int? tasks = isSmoke ? 2 : isQuick ? Math.Min(QuickTasks, problem.Tasks) : null;
            string[] rows = isSmoke ? [PolicyRows.Plain, PolicyRows.AllNew, "head"] : parse.GetValue(policies)!;
            var cells =
                from optimizer in OptimizerKind.All
                where parse.GetValue(optimizers)!.Contains(optimizer.Name)
                let options = OptionsOf(parse.GetValue(tuned), problem.Name, optimizer.Name, chosenSeeds)
                from seed in chosenSeeds
                from row in PolicyRows.All
                where rows.Contains(row.Name)
                select shared.Cell(parse, problem, row, options(row), optimizer, seed, tasks);
            var runs = shared.Queue(parse).Complete([.. cells], cancellationToken);
            ReportCommand.Write(runs, parse.GetValue(shared.Output)!, isSmoke || isQuick);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Func<PolicyRow, IReadOnlyDictionary<string, double>> OptionsOf(string? folder, string problem, string optimizer, IReadOnlyList<ulong> seeds)
    {
        if (folder is null)
        {
            return row => row.Options;
        }

        var tuned = TunedOptions.Read(folder, problem, optimizer);
        return seeds.Intersect(tuned.Seeds).ToList() is { Count: > 0 } both
            ? throw new CommandException($"--seeds {string.Join(", ", both)}: options were chosen on these streams ({TunedOptions.PathOf(folder, problem, optimizer)}); compare on others.")
            : row => tuned.Policies.TryGetValue(row.Name, out var policy) ? policy.Options : row.Options;
    }
}
