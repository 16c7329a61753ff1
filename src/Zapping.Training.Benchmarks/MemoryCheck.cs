using System.Diagnostics;
using System.Globalization;
using PaperCurves.Experiments;
using PaperCurves.Models;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// memory [STEPS]: trains a small convnet image by image with a reset every 20 steps, Adam and its moments included,
/// and prints live tensors, managed heap and resident memory along the way.
/// </summary>
internal static class MemoryCheck
{
    public static int Run(string[] args)
    {
        var steps = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10_000;
        NativeMemory.KeepLargeBlocks();
        using var model = new Convnet(100, width: 32);
        using var optimizer = optim.Adam(model.parameters());
        using var trainer = new ContinualTrainer(model, optimizer).UseZapping(
            every: BoundaryKind.ClassBoundary, options => options.OptimizerState = OptimizerStateReset.Slice);
        using var images = rand(20, 1, 28, 28);
        Console.WriteLine("  steps  live tensors  managed heap (KiB)  resident (MiB)");
        for (var i = 0; i < 10; i++)
        {
            for (var classes = 0; classes < steps / 200; classes++)
            {
                trainer.Fit([new TrainingTask(new ClassExamples(classes % 100, images))]);
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
            using var process = Process.GetCurrentProcess();
            Console.WriteLine(FormattableString.Invariant(
                $"{trainer.State.Steps,7}  {Tensor.TotalCount,12}  {GC.GetTotalMemory(true) / 1024,18}  {process.WorkingSet64 / (1 << 20),14}"));
        }

        return 0;
    }
}
