using System.CommandLine;
using System.Globalization;
using Plasticity.Policies;
using Plasticity.Runs;
using Spectre.Console;
using Zapping.CommandLine;

namespace Plasticity.Commands;

/// <summary>run: one policy on one problem.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var shared = new CellOptions();
        var policy = WordOption.OneOf("--policy", [.. PolicyRows.All.Select(row => row.Name)], PolicyRows.Plain, "Which policy; see list.");
        var options = new Option<string[]>("--set") { Description = "An option of the policy, as in lambda=0.01; may be given several times.", Arity = ArgumentArity.ZeroOrMore };
        var optimizer = WordOption.OneOf("--optimizer", [.. OptimizerKind.All.Select(kind => kind.Name)], "adam", "Which optimizer.");
        var seeds = CellOptions.Seeds("0");
        var command = shared.AddTo(new Command("run", "Train with one policy, and print what was measured.") { policy, options, optimizer, seeds });
        CommandAction.Of(command, (parse, cancellationToken) =>
        {
            var row = PolicyRows.Find(parse.GetValue(policy)!)!;
            var chosen = Choose(row, parse.GetValue(options) ?? []);
            var problem = shared.Problem(parse, cancellationToken);
            var kind = OptimizerKind.All.Single(kind => kind.Name == parse.GetValue(optimizer));
            var runs = shared.Queue(parse).Complete([.. parse.GetValue(seeds)!.Select(seed => shared.Cell(parse, problem, row, chosen, kind, seed))], cancellationToken);
            foreach (var run in runs)
            {
                Print(run);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Dictionary<string, double> Choose(PolicyRow row, IReadOnlyList<string> given)
    {
        var options = row.Options.ToDictionary(option => option.Key, option => option.Value, StringComparer.Ordinal);
        foreach (var one in given)
        {
            if (one.Split('=') is not [var name, var text] || !options.ContainsKey(name) || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
            {
                throw new CommandException($"--set {one}: give a name and a number, as in lambda=0.01. {row.Name} has {(options.Count == 0 ? "no options" : string.Join(", ", options.Keys))}.");
            }

            options[name] = value;
        }

        return options;
    }

    private static void Print(RunRecord run)
    {
        var table = new Table { Title = new TableTitle(Markup.Escape($"{run.Problem}, {run.Optimizer}, {run.Policy}, seed {run.Seed}")) };
        table.AddColumns("task", "online", "final", "loss", "dead", "effective rank", "weight norm", "gradient norm", "plasticity");
        foreach (var (index, task) in run.PerTask.Index())
        {
            table.AddRow(
                $"{index + 1}", Percent(task.Online), Percent(task.Final), task.Loss is { } loss ? Text($"{loss:f3}") : "", Text($"{task.Dead:p0}"), Text($"{task.EffectiveRank:f1}"), Text($"{task.WeightNorm:f1}"), Text($"{task.GradientNorm:g3}"), task.Plasticity is { } plasticity ? Text($"{plasticity:f3}") : "");
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(Text($"{run.Seconds:f1} s{(run.Diverged is null ? "" : $"; the run ended in {run.Diverged}")}"));
    }

    private static string Percent(double? share) => share is { } some ? Text($"{some:p1}") : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
