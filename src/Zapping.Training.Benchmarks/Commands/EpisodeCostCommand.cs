using System.CommandLine;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>episode-cost: what the second order costs; processes of ASB and Meta-ASB episodes in turn.</summary>
internal static class EpisodeCostCommand
{
    public static Command Create()
    {
        var rounds = Count.Option("--rounds", 3, "Pairs of processes.");
        var keepWeightsEvery = Count.Option("--keep-weights-every", 1, "Inner steps between two kept weight sets.");
        var command = new Command("episode-cost", "Compare an episode of Meta-ASB with one of ASB, in time and memory.") { rounds, keepWeightsEvery };
        var size = new WorkOptions(command);
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            Markdown.Header("large blocks", "ASB", "Meta-ASB", "Meta-ASB / ASB", "peak MiB, ASB", "peak MiB, Meta-ASB");
            foreach (var (title, blocks) in new (string, string[])[] { ("kept, as the app does", []), ("given back", WorkCommand.GivingBlocksBack) })
            {
                var pairs = Enumerable.Range(0, parse.GetValue(rounds)).Select(_ => (Asb: Measure("asb"), Meta: Measure("meta-asb"))).ToList();
                Markdown.Row(
                    title,
                    Markdown.Times(pairs.Select(pair => pair.Asb.Milliseconds)),
                    Markdown.Times(pairs.Select(pair => pair.Meta.Milliseconds)),
                    Markdown.Spread([.. pairs.Select(pair => pair.Meta.Milliseconds / pair.Asb.Milliseconds)], Markdown.Ratio),
                    Markdown.Peaks(pairs.Select(pair => pair.Asb)),
                    Markdown.Peaks(pairs.Select(pair => pair.Meta)));

                WorkMeasure Measure(string name)
                {
                    var work = ComparedWork.Named(name);
                    return WorkCommand.Start(
                        work,
                        [.. machine.Arguments(parse), .. size.Arguments(parse, work), .. blocks, "--keep-weights-every", $"{parse.GetValue(keepWeightsEvery)}"]);
                }
            }
            return ExitCodes.Done;
        });
        return command;
    }
}
