using System.CommandLine;
using Plasticity.Runs;
using Zapping.CommandLine;

namespace Plasticity.Commands;

/// <summary>pack: the runs of a folder in a few files, for what is kept.</summary>
internal static class PackCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Of the runs." };
        var output = new Option<string>("--out") { Description = "Where the files go, one for each problem, optimizer and rate.", Required = true }.Filled();
        var command = new Command("pack", "Put the runs of a folder into a few files, which report reads like the folder.") { folder, output };
        CommandAction.Of(command, parse =>
        {
            var (from, to) = (parse.GetValue(folder)!, parse.GetValue(output)!);
            var runs = new RunStore(from).ReadAll();
            if (runs.Count == 0)
            {
                throw new CommandException($"{from} has no runs: compare makes some.");
            }

            OutputFolder.EnsureWritable(to);
            foreach (var file in PackedRuns.Write(runs, to))
            {
                Console.WriteLine(file);
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
