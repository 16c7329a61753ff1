using System.CommandLine;
using MathNet.Numerics.Statistics;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>overhead: what the trainer adds to a bare loop.</summary>
internal static class OverheadCommand
{
    public static Command Create()
    {
        var repetitions = Count.Option("--repetitions", 15, "How often both are done at least, in turn.");
        var width = Count.Option("--width", 256, "Filters per convolution.");
        var command = new Command("overhead", "Compare the trainer with a bare loop: 20 images of a class, one by one, and a reset of its row.") { repetitions, width };
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            machine.SetUp(parse);
            Markdown.Header("observers", "bare loop", "trainer", "overhead (quartiles)", "overhead an image");
            foreach (var (observers, looks) in new[] { (0, true), (0, false), (1, true), (10, true) })
            {
                using var images = ClassOfImages.OfConvnet(parse.GetValue(width), observers, looks);
                var overhead = Overhead.Of(images, parse.GetValue(repetitions));
                Markdown.Row(
                    looks ? $"{observers}" : $"{observers}, gradients not looked at",
                    Markdown.Time(overhead.Bare.Median()),
                    Markdown.Time(overhead.Trainer.Median()),
                    Markdown.Middle(overhead.Fractions, Markdown.Percent),
                    Markdown.Time(overhead.PerImage));
            }
            return ExitCodes.Done;
        });
        return command;
    }
}
