using System.CommandLine;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>share: the reset of a whole head with its moments, as a part of an i.i.d. step.</summary>
internal static class ShareCommand
{
    public static Command Create()
    {
        var repetitions = Count.Option("--repetitions", 9, "How often each is done at least, in turn.");
        var width = Count.Option("--width", 256, "Filters per convolution.");
        var command = new Command("share", "Compare the reset of all rows and their Adam moments with an i.i.d. step of 256 images.") { repetitions, width };
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            machine.SetUp(parse);
            using var step = StepWork.Iid(parse.GetValue(width));
            using var reset = new ResetWork(HeadShape.Paper, HeadShape.Paper.Units, options: ResetWork.WithBiasAndMoments);
            var (steps, resets) = Times.InTurn(parse.GetValue(repetitions), step.Run, reset.Run);
            Markdown.Header("i.i.d. step, 256 images", "reset of 1000 rows, their bias and moments", "reset / step (quartiles)");
            Markdown.Row(
                Markdown.Middle(steps, Markdown.Time),
                Markdown.Middle(resets, Markdown.Time),
                Markdown.Middle([.. resets.Zip(steps, (reset, step) => reset / step)], Markdown.Percent));
            return ExitCodes.Done;
        });
        return command;
    }
}
