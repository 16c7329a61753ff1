using System.Diagnostics;
using PaperCurves.Models;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// memory [N] [--work steps|asb|meta-asb]: trains a small convnet for N steps image by image with a reset every 20, or
/// for N episodes with a reset each, Adam and its moments included, and prints live tensors, managed heap and resident
/// memory along the way.
/// </summary>
internal static class MemoryCheck
{
    private const int ImagesPerClass = 20;

    public static int Run(string[] args)
    {
        var options = new Options(args);
        var work = options.Text("--work", "steps");
        var tenth = options.First(otherwise: work == "steps" ? 10_000 : 1_000) / 10;
        NativeAllocator.KeepLargeBlocks();
        using var model = new Convnet(100, width: 32);
        using var optimizer = optim.Adam(model.parameters());
        using var images = rand(200, 1, 28, 28);
        using var labels = arange(200, dtype: ScalarType.Int64).floor_divide(ImagesPerClass);
        using Trainer trainer = work switch
        {
            "steps" => new ContinualTrainer(model, optimizer),
            "asb" => new AsbTrainer(model, optimizer),
            "meta-asb" => new MetaAsbTrainer(model, optimizer),
            _ => throw new ArgumentException($"There is no work called '{work}', but steps, asb and meta-asb.", nameof(args)),
        };
        trainer.UseZapping(every: BoundaryKind.ClassBoundary, zap => zap.OptimizerState = OptimizerStateReset.Slice);
        var episodes = new EpisodeSampler(new LabelledBatch(images, labels));
        Console.WriteLine($"{(work == "steps" ? "steps" : "episodes"),8}  live tensors  managed heap (KiB)  resident (MiB)");
        for (var i = 0; i < 10; i++)
        {
            Train(tenth);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using var process = Process.GetCurrentProcess();
            Options.Print(
                $"{trainer.State.Steps,8}  {Tensor.TotalCount,12}  {GC.GetTotalMemory(true) / 1024,18}  {process.WorkingSet64 / (1 << 20),14}");
        }

        return 0;

        void Train(int count)
        {
            if (trainer is EpisodicTrainer episodic)
            {
                episodic.Fit(episodes, count);
                return;
            }

            for (var task = 0; task < count / ImagesPerClass; task++)
            {
                using var ofClass = images.narrow(0, task % 10 * ImagesPerClass, ImagesPerClass);
                ((ContinualTrainer)trainer).Fit([new TrainingTask(new ClassExamples(task % 10, ofClass))]);
            }
        }
    }
}
