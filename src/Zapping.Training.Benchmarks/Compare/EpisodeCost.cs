using MathNet.Numerics.Statistics;

namespace Zapping.Training.Benchmarks.Compare;

/// <summary>
/// What the second order costs: runs processes of ASB and Meta-ASB episodes in turn and prints the ratio of each pair
/// and the peak memory of each process, with large blocks kept, as the app does, and given back:
/// episode-cost [--rounds N] [--threads N] [--steps N] [--width N] [--keep-weights-every N].
/// </summary>
internal static class EpisodeCost
{
    public static int Run(string[] args)
    {
        var options = new Options(args);
        var (threads, steps, width, keepEvery) = (
            options.Text("--threads", "2"),
            options.Text("--steps", "5"),
            options.Text("--width", "256"),
            options.Text("--keep-weights-every", "1"));

        Console.WriteLine(
            $"one episode, width {width}, {threads} threads, median of {steps} per run (ms), weights kept every {keepEvery}, peak memory (MiB)");
        Console.WriteLine("large blocks     ASB  Meta-ASB   Meta-ASB/ASB   ASB's peak   Meta-ASB's");
        foreach (var blocks in new[] { "kept", "given back" })
        {
            var ratios = new List<double>();
            for (var round = 0; round < options.Number("--rounds", 3); round++)
            {
                var (asb, meta) = (Measure("asb"), Measure("meta-asb"));
                ratios.Add(meta.Milliseconds / asb.Milliseconds);
                Options.Print(
                    $"{blocks,-12} {asb.Milliseconds,7:f0} {meta.Milliseconds,9:f0} {ratios[^1],14:f2} {asb.PeakMiB,12:f0} {meta.PeakMiB,12:f0}");
            }

            Options.Print($"{"",-12} {"",7} {"median",9} {ratios.Median(),14:f2} ({ratios.Min():f2} to {ratios.Max():f2})");

            WorkMeasure Measure(string work) => WorkProcess.Ours(
                "--work", work, "--threads", threads, "--steps", steps, "--width", width, "--keep-weights-every", keepEvery, "--blocks", blocks);
        }

        return 0;
    }
}
