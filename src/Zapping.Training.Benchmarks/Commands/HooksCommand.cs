using System.CommandLine;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>hooks: what it costs a step that a policy looks at its forward pass.</summary>
internal static class HooksCommand
{
    public static Command Create()
    {
        var repetitions = Count.Option("--repetitions", 31, "How often each is done at least, in turn.");
        var width = Count.Option("--width", 256, "Filters per convolution.");
        var command = new Command("hooks", "Compare i.i.d. steps of 256 images with and without policies that look at the forward pass.") { repetitions, width };
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            machine.SetUp(parse);
            Markdown.Header("resets of units", "step without", "step with", "difference (quartiles)");
            foreach (var (name, resets) in UnitResets.All)
            {
                using var without = StepWork.Iid(parse.GetValue(width));
                using var with = StepWork.Iid(parse.GetValue(width)).With(resets);
                var (plain, watched) = Times.InTurn(parse.GetValue(repetitions), without.Run, with.Run);
                Markdown.Row(
                    name,
                    Markdown.Middle(plain, Markdown.Time),
                    Markdown.Middle(watched, Markdown.Time),
                    Markdown.Middle([.. watched.Zip(plain, (with, without) => (with / without) - 1)], Markdown.Percent));
            }
            return ExitCodes.Done;
        });
        return command;
    }
}
