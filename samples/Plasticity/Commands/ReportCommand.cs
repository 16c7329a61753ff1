using System.CommandLine;
using Plasticity.Runs;
using Zapping.CommandLine;

namespace Plasticity.Commands;

/// <summary>report: tables and pictures of the runs in a folder.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Of the runs.", DefaultValueFactory = _ => Path.Combine("out", "plasticity") };
        var command = new Command("report", "Print and draw the comparison of runs that are there.") { folder };
        CommandAction.Of(command, parse =>
        {
            Write(new RunStore(parse.GetValue(folder)!).ReadAll(), parse.GetValue(folder)!, isShort: false);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Prints and draws.</summary>
    public static void Write(IReadOnlyList<RunRecord> runs, string folder, bool isShort)
    {
        foreach (var group in runs.GroupBy(run => (run.Problem, run.Optimizer)))
        {
            Console.WriteLine($"{group.Key}{(isShort ? " (short)" : "")}");
            foreach (var policy in group.GroupBy(run => run.Policy))
            {
                var last = policy.SelectMany(run => run.PerTask.TakeLast(Math.Max(1, run.Tasks / 5))).ToList();
                Console.WriteLine($"  {policy.Key,-22} task 1 {policy.Average(run => run.PerTask[0].Online):p1}  last fifth {last.Average(task => task.Online):p1}  final {last.Average(task => task.Final ?? double.NaN):p1}  dead {last.Average(task => task.Dead):p0}  rank {last.Average(task => task.EffectiveRank):f1}  norm {last.Average(task => task.WeightNorm):f1}  {policy.Average(run => run.Seconds):f1} s  ({folder})");
            }
        }
    }
}
