using System.CommandLine;
using PaperCurves.Data;
using PaperCurves.Report;

namespace PaperCurves.Commands;

/// <summary>report: one table and picture from the results of several runs, for work done in pieces.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var folders = new Argument<string[]>("folders")
        {
            Description = "Folders that runs left, each with a results.csv.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--out") { Description = "Folder for curves.png.", DefaultValueFactory = _ => "." };
        var command = new Command("report", "Draw one table and picture from the results of several runs.") { folders, output };
        command.SetAction(parse =>
        {
            var target = parse.GetValue(output)!;
            Directory.CreateDirectory(target);
            FinalReport.Show([.. parse.GetValue(folders)!.SelectMany(Read)], target);
            return ExitCodes.Done;
        });
        return command;
    }

    private static IEnumerable<ResultRow> Read(string folder)
    {
        var path = Path.Combine(folder, "results.csv");
        return File.Exists(path) ? ResultsFile.Read(path) : throw new DataException($"{path}: not found");
    }
}
