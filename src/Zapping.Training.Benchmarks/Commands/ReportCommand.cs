using System.CommandLine;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// report: all measurements, each in a process of its own as if somebody had typed its command, in one Markdown file that
/// says on what they were made.
/// </summary>
internal static class ReportCommand
{
    private const string Program = "dotnet run -c Release --project src/Zapping.Training.Benchmarks --";

    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "The file to write.", DefaultValueFactory = _ => "performance-report.md" }.Filled();
        var rounds = Count.Option("--rounds", 3, "Pairs of processes in a comparison.");
        var classes = Count.Option("--classes", 100, "Classes of the transfer; 600 in the paper.");
        var width = Count.Option("--width", 256, "Filters per convolution; fewer for a rehearsal.");
        var command = new Command("report", "Make all measurements and write them into a Markdown file.") { output, rounds, classes, width };
        var pyTorch = new PyTorchOptions(command);
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            machine.SetUp(parse);
            string[] pairs = ["--rounds", $"{parse.GetValue(rounds)}"];
            string[] filters = ["--width", $"{parse.GetValue(width)}"];
            (string Title, string[] Arguments)[] sections =
            [
                ("Against PyTorch", ["compare", .. Works(transfers: false), .. pairs, .. filters, .. pyTorch.Arguments(parse)]),
                ("Head-only transfer against PyTorch", ["compare", .. Works(transfers: true), "--rounds", "1", .. filters, "--classes", $"{parse.GetValue(classes)}", .. pyTorch.Arguments(parse)]),
                ("A whole head's reset as a part of a step", ["share", "--repetitions", "31", .. filters]),
                ("Policies that look at the forward pass", ["hooks", .. filters]),
                ("The trainer against a bare loop", ["overhead", "--repetitions", "60", .. filters]),
                ("Policies of every step", ["overhead", "--policies", "--repetitions", "100", "--width", "64"]),
                ("The number of classes", ["class-count"]),
                ("What the second order costs", ["episode-cost", .. pairs, .. filters]),
                ("Memory of 10,000 steps", ["memory", "10000"]),
                ("Memory of 1,000 episodes of ASB", ["memory", "1000", "--work", "asb"]),
                ("Memory of 1,000 episodes of Meta-ASB", ["memory", "1000", "--work", "meta-asb"]),
                ("Where the time goes", ["profile", .. filters]),
                ("Peaks of the machine", ["roofline", .. filters]),
            ];
            using var file = new StreamWriter(parse.GetValue(output)!) { AutoFlush = true }; // what is there stays if one fails
            file.WriteLine("# Performance report\n");
            foreach (var line in Circumstances.Lines())
            {
                file.WriteLine(line);
            }

            file.Write(pyTorch.PyTorch(parse).Run("about.py", [.. machine.Arguments(parse), .. pyTorch.ScriptArguments(parse)], []));
            foreach (var (title, own) in sections)
            {
                string[] arguments = [.. own, .. machine.Arguments(parse)];
                Console.Error.WriteLine(title);
                file.WriteLine($"\n## {title}\n\n```bash\n{Program} {string.Join(' ', arguments)}\n```\n");
                file.Write(ChildProcess.Ours(arguments));
            }
            return ExitCodes.Done;
        });
        return command;
    }

    // Minutes each, so once.
    private static IEnumerable<string> Works(bool transfers) => ComparedWork.Names
        .Where(name => name.Contains("-transfer", StringComparison.Ordinal) == transfers)
        .SelectMany(name => new[] { "--work", name });
}
