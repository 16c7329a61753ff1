using System.CommandLine;
using MathNet.Numerics.Statistics;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>class-count: what depends on the number of classes, and what must not.</summary>
internal static class ClassCountCommand
{
    private const int Inputs = 64;

    public static Command Create()
    {
        var repetitions = Count.Option("--repetitions", 15, "How often each is done at least.");
        var command = new Command("class-count", "Measure a reset of one row and the trainer's overhead for heads of 10 to 100,000 classes.") { repetitions };
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            machine.SetUp(parse);
            Markdown.Header("classes", "reset of one row", "bare loop, 20 images", "trainer, 20 images and a reset", "overhead an image");
            foreach (var classes in new[] { 10, 1000, 10_000, 100_000 })
            {
                using var reset = new ResetWork(new HeadShape(Inputs, classes), rows: 1);
                using var images = ClassOfImages.OfLinear(Inputs, classes);
                var overhead = Overhead.Of(images, parse.GetValue(repetitions));
                Markdown.Row(
                    $"{classes:n0}",
                    Markdown.Time(Times.WarmMedian(parse.GetValue(repetitions), reset.Run)),
                    Markdown.Time(overhead.Bare.Median()),
                    Markdown.Time(overhead.Trainer.Median()),
                    Markdown.Time(overhead.PerImage));
            }
            return ExitCodes.Done;
        });
        return command;
    }
}
