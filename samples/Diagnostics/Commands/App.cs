using System.CommandLine;
using Diagnostics.Report;
using Diagnostics.Training;
using Spectre.Console;
using Zapping.CommandLine;

namespace Diagnostics.Commands;

/// <summary>The command line: train both arms, write everything, say where it is.</summary>
internal static class App
{
    // Their matrices are drawn with a number in each cell.
    private const int MostTasks = 100;

    /// <param name="args">As the user gave them.</param>
    /// <param name="error">Where errors are written; null for standard error.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static int Run(string[] args, TextWriter? error = null)
    {
        var output = new Option<string>("--out")
        {
            Description = "Folder for diagnostics.csv, matrices.csv, the pictures and the TensorBoard files, which are replaced.",
            DefaultValueFactory = _ => Path.Combine("out", "diagnostics"),
        }.Filled();
        var seed = NumberOption.Seed("--seed", "Seed of data, initial weights and resets.");
        var tasks = NumberOption.Integer("--tasks", "Tasks to learn one after another, at least 2.", otherwise: 8, least: 2, most: MostTasks);
        var root = new RootCommand("Shows what resets of the last layer do inside a network: trains it with and without, and draws what was measured.")
        {
            output,
            seed,
            tasks,
        };
        CommandAction.Of(root, parse =>
        {
            OutputFolder.EnsureWritable(parse.GetValue(output)!);
            Run(parse.GetValue(output)!, parse.GetValue(seed), parse.GetValue(tasks));
            return ExitCodes.Done;
        });
        return Invocation.Run(root, args, error);
    }

    private static void Run(string output, ulong seed, int tasks)
    {
        var arms = new List<ArmResult>();
        AnsiConsole.Status().Start("training", status =>
        {
            foreach (var arm in Enum.GetValues<Arm>())
            {
                status.Status($"training {arm.Title()}");
                arms.Add(Experiment.Run(arm, seed, tasks));
            }

            status.Status("drawing");
            ResultFolder.Write(output, arms);
        });
        AnsiConsole.Write(Summary.Of(arms));
        var events = Path.Combine(output, "tensorboard");
        AnsiConsole.MarkupLineInterpolated($"Everything is in [blue]{output}[/]; [grey]tensorboard --logdir {events}[/] shows the curves.");
    }
}
