using System.CommandLine;
using MathNet.Numerics.Statistics;
using Zapping.CommandLine;
using Zapping.Training.Internal;

namespace Zapping.Training.Benchmarks;

/// <summary>onednn: what training costs where the guard of convolutions has switched oneDNN off, and how long the guard takes to look.</summary>
internal static class OneDnnCommand
{
    public static Command Create()
    {
        var rounds = Count.Option("--rounds", 5, "Rounds of each.");
        var width = Count.Option("--width", 256, "Filters per convolution.");
        var command = new Command("onednn", "Compare steps and episodes with oneDNN and without, in turn.") { rounds, width };
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            machine.SetUp(parse);
            var filters = parse.GetValue(width);
            var oneDnn = LibTorchContext.Find() ?? throw new MeasuringException("this libtorch exports no context, so its oneDNN cannot be switched.");
            oneDnn.QuietNnpack();
            Markdown.Header("work", "filters", "with oneDNN", "without", "without / with");
            Compare("i.i.d. step of 256 images", StepWork.Iid(filters));
            Compare("step of one image", new StepWork(1, filters, Adams.Create));
            Compare("ASB episode", EpisodeWork.Asb(filters));
            Compare("Meta-ASB episode", EpisodeWork.MetaAsb(filters));
            return ExitCodes.Done;

            void Compare(string name, Work work)
            {
                using var piece = work;
                var (with, without) = Times.InTurn(parse.GetValue(rounds), () => Run(true), () => Run(false));
                Markdown.Row(
                    name,
                    $"{filters}",
                    Markdown.Time(with.Median()),
                    Markdown.Time(without.Median()),
                    Markdown.Spread([.. without.Zip(with, (a, b) => a / b)], Markdown.Ratio));

                void Run(bool isOn)
                {
                    oneDnn.TryEnableOneDnn(isOn);
                    piece.Run();
                }
            }
        });
        return command;
    }
}
