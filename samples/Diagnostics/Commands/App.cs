using System.CommandLine;
using System.Globalization;
using Diagnostics.Report;
using Diagnostics.Training;
using Spectre.Console;

namespace Diagnostics.Commands;

/// <summary>The command line: train both arms, write everything, say where it is.</summary>
internal static class App
{
    public static int Run(string[] args)
    {
        var output = new Option<string>("--out")
        {
            Description = "Folder for diagnostics.csv, matrices.csv, the pictures and the TensorBoard files, which are replaced.",
            DefaultValueFactory = _ => Path.Combine("out", "diagnostics"),
        };
        var seed = new Option<ulong>("--seed") { Description = "Seed of data, initial weights and resets.", DefaultValueFactory = _ => 1 };
        var tasks = new Option<int>("--tasks") { Description = "Tasks to learn one after another, at least 2.", DefaultValueFactory = _ => 8 };
        tasks.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, CultureInfo.InvariantCulture, out var value) && value < 2)
            {
                result.AddError("--tasks must be at least 2.");
            }
        });
        var root = new RootCommand("Shows what resets of the last layer do inside a network: trains it with and without, and draws what was measured.")
        {
            output,
            seed,
            tasks,
        };
        root.SetAction(parse => Run(parse.GetValue(output)!, parse.GetValue(seed), parse.GetValue(tasks)));
        return root.Parse(args).Invoke();
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
        AnsiConsole.MarkupLineInterpolated($"Everything is in [blue]{output}[/]; [grey]tensorboard --logdir {Path.Combine(output, "tensorboard")}[/] shows the curves.");
    }
}
