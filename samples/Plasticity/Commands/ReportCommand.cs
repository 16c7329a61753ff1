using System.CommandLine;
using System.Globalization;
using Plasticity.Report;
using Plasticity.Runs;
using Zapping.CommandLine;

namespace Plasticity.Commands;

/// <summary>report: tables and pictures of the runs in a folder.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Of the runs.", DefaultValueFactory = _ => Path.Combine("out", "plasticity") };
        var output = new Option<string?>("--out") { Description = "Where tables and pictures go; without it, beside the runs." }.Filled();
        var command = new Command("report", "Print and draw the comparison of runs that are there.") { folder, output };
        CommandAction.Of(command, parse =>
        {
            var to = parse.GetValue(output) ?? parse.GetValue(folder)!;
            var runs = new RunStore(parse.GetValue(folder)!).ReadAll();
            if (runs.Count == 0)
            {
                throw new CommandException($"{parse.GetValue(folder)} has no runs: compare makes some.");
            }

            OutputFolder.EnsureWritable(to);
            Write(runs, to, isShort: false);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Prints tables and draws pictures beside the runs, for each problem, optimizer and number of tasks.</summary>
    /// <param name="runs">All runs.</param>
    /// <param name="folder">Where pictures and tables go.</param>
    /// <param name="isShort">Whether they say that this was a quick look.</param>
    public static void Write(IReadOnlyList<RunRecord> runs, string folder, bool isShort)
    {
        Directory.CreateDirectory(folder);
        var problems = new List<(string Name, IReadOnlyList<ComparedPolicy> Policies)>();
        foreach (var group in runs.GroupBy(run => (run.Problem, run.Optimizer, run.LearningRate, run.Tasks)))
        {
            var policies = ComparedPolicy.Of([.. group]);
            problems.Add((string.Create(CultureInfo.InvariantCulture, $"{group.Key.Problem}\n{group.Key.Optimizer}, {group.Key.Tasks} tasks"), policies));
            var name = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{group.Key.Problem}-{group.Key.Optimizer}-{group.Key.LearningRate:r}-{group.Key.Tasks}-tasks"));
            var shortly = isShort ? $"A quick look: few tasks and seeds.{Environment.NewLine}{Environment.NewLine}" : "";
            File.WriteAllText($"{name}.md", shortly + Tables.Markdown(policies));
            Tables.Show(policies);
            Console.Write(shortly);
            string?[] pictures = [Pictures.SaveScores($"{name}.png", policies), Pictures.SaveGaps($"{name}-gap.png", policies), Pictures.SaveInside($"{name}-inside.png", policies)];
            Console.WriteLine($"See {name}.md, {string.Join(", ", pictures.OfType<string>())}");
            Console.WriteLine();
        }

        if (Pictures.SaveBars(Path.Combine(folder, "all.png"), problems) is { } bars)
        {
            Console.WriteLine($"See {bars} for all problems.");
        }
    }
}
