using System.CommandLine;
using TorchSharp.Modules;
using Zapping.CommandLine;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>profile: where the time of a training step goes.</summary>
internal static class ProfileCommand
{
    public static Command Create()
    {
        var repetitions = Count.Option("--repetitions", 9, "How often each part is done at least; it gives the median.");
        var width = Count.Option("--width", 256, "Filters per convolution.");
        var command = new Command("profile", "Show where the time of an i.i.d. step and of an inner step goes, layer by layer.") { repetitions, width };
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            machine.SetUp(parse);
            var (times, filters) = (parse.GetValue(repetitions), parse.GetValue(width));
            PrintStep("i.i.d. step, 256 images", 256, filters, times, Adams.Create);
            PrintStep("inner step, one image", 1, filters, times, parameters => optim.SGD(parameters, 1e-3));

            Markdown.Header("besides", "time");
            foreach (var part in new Surroundings(filters, times).Parts())
            {
                Markdown.Row(part.Name, Markdown.Time(part.Milliseconds));
            }

            string[] child = [.. machine.Arguments(parse), "--width", $"{filters}", "--steps", $"{times}"];
            PrintStepIn("i.i.d. step, process keeps large blocks", child);
            PrintStepIn("i.i.d. step, process gives large blocks back", [.. child, .. WorkCommand.GivingBlocksBack]);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void PrintStep(
        string title, int images, int width, int repetitions, Func<IEnumerable<Parameter>, optim.Optimizer> optimizer)
    {
        using var step = new StepWork(images, width, optimizer);
        var whole = Times.WarmMedian(repetitions, step.Run);
        var parts = new StepAnatomy(images, width, repetitions).Parts(optimizer);
        Markdown.Header(title, "time", "share");
        foreach (var part in parts.Append(new StepPart("all else", whole - parts.Sum(part => part.Milliseconds))))
        {
            Markdown.Row(part.Name, Markdown.Time(part.Milliseconds), Markdown.Percent(part.Milliseconds / whole));
        }

        Markdown.Row("**the whole step**", Markdown.Time(whole), "");
        Console.WriteLine();
    }

    private static void PrintStepIn(string process, string[] arguments) =>
        Markdown.Row(process, Markdown.Time(WorkCommand.Start(ComparedWork.Named("iid"), arguments).Milliseconds));
}
