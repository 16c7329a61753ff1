using System.Diagnostics;
using System.Globalization;
using MathNet.Numerics.Statistics;
using PaperCurves.Experiments;
using PaperCurves.Models;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks.Compare;

/// <summary>The same work as iid_step.py through the library: prints the median milliseconds of a step.</summary>
internal static class IidStep
{
    public static int Run(string[] args)
    {
        var numbers = args.Select(argument => int.Parse(argument, CultureInfo.InvariantCulture)).ToArray();
        var (threads, steps, width) = (numbers[0], numbers[1], numbers[2]);
        NativeMemory.KeepLargeBlocks();
        set_num_threads(threads);
        using var model = new Convnet(1000, width);
        using var optimizer = optim.Adam(model.parameters(), 3e-3);
        using var trainer = new ContinualTrainer(model, optimizer);
        using var images = rand(256, 1, 28, 28);
        using var labels = randint(964, 256);
        trainer.TrainStep(images, labels);
        var times = new List<double>();
        for (var step = 0; step < steps; step++)
        {
            var started = Stopwatch.GetTimestamp();
            trainer.TrainStep(images, labels);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Console.WriteLine(times.Median().ToString("f1", CultureInfo.InvariantCulture));
        return 0;
    }
}
