using System.CommandLine;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// compare: our process and the PyTorch script in turn, so that a drift of the machine's speed meets both, and the ratio
/// of each pair.
/// </summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var names = new Option<string[]>("--work")
        {
            Description = "What; may be given several times.",
            DefaultValueFactory = _ => ComparedWork.Names,
        };
        names.AcceptOnlyFromAmong(ComparedWork.Names);
        var rounds = Count.Option("--rounds", 3, "Pairs of processes.");
        var command = new Command("compare", "Do the same work with the library and in plain PyTorch, in turn; print the ratios.") { names, rounds };
        var size = new WorkOptions(command);
        var pyTorch = new PyTorchOptions(command);
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            Markdown.Header("work", "allocator", "ours", "PyTorch", "PyTorch / ours", "peak MiB, ours", "peak MiB, PyTorch");
            foreach (var work in parse.GetValue(names)!.Select(ComparedWork.Named))
            {
                var arguments = (string[])[.. machine.Arguments(parse), .. size.Arguments(parse, work)];
                foreach (var (allocator, environment) in PyTorch.Allocators)
                {
                    Compare(
                        $"{work.Title} | {allocator}",
                        parse.GetValue(rounds),
                        () => WorkCommand.Start(work, arguments),
                        () => WorkMeasure.Parse(pyTorch.PyTorch(parse).Run(
                            work.Script, [.. arguments, .. pyTorch.ScriptArguments(parse), .. work.ScriptArguments], environment)));
                }
            }
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Compare(string title, int rounds, Func<WorkMeasure> measureOurs, Func<WorkMeasure> measureTheirs)
    {
        var pairs = new List<(WorkMeasure Ours, WorkMeasure Theirs)>();
        for (var round = 0; round < rounds; round++)
        {
            var (ours, theirs) = (measureOurs(), measureTheirs());
            pairs.Add((ours, theirs));
            Console.Error.WriteLine($"{title}: {Markdown.Time(ours.Milliseconds)}, PyTorch {Markdown.Time(theirs.Milliseconds)}");
        }

        Markdown.Row(
            title,
            Markdown.Times(pairs.Select(pair => pair.Ours.Milliseconds)),
            Markdown.Times(pairs.Select(pair => pair.Theirs.Milliseconds)),
            Markdown.Spread([.. pairs.Select(pair => pair.Theirs.Milliseconds / pair.Ours.Milliseconds)], Markdown.Ratio),
            Markdown.Peaks(pairs.Select(pair => pair.Ours)),
            Markdown.Peaks(pairs.Select(pair => pair.Theirs)));
    }
}
