using System.CommandLine;
using System.Diagnostics;
using TorchSharp;
using Zapping.CommandLine;
using Zapping.Models;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// memory: trains a small convnet for N steps image by image with a reset every 20, or for N episodes with a reset each,
/// Adam and its moments included, and prints live tensors, managed heap and resident memory along the way.
/// </summary>
internal static class MemoryCommand
{
    private const int ImagesPerClass = 20;
    private const int Rows = 10;

    public static Command Create()
    {
        var count = NumberOption.Argument("count", "Steps or episodes.", otherwise: 10_000, least: Rows * ImagesPerClass);
        var work = WordOption.OneOf("--work", ["steps", "asb", "meta-asb"], "steps", "steps, asb or meta-asb.");
        var command = new Command("memory", "Watch the memory of a long training.") { count, work };
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            machine.SetUp(parse);
            Watch(parse.GetValue(work)!, parse.GetValue(count) / Rows);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Watch(string work, int tenth)
    {
        using var model = new Convnet(100, width: 32).to(Machine.Device);
        using var optimizer = Adams.Create(model.parameters());
        using var images = rand(200, 1, 28, 28, device: Machine.Device);
        using var labels = arange(200, dtype: ScalarType.Int64, device: Machine.Device).floor_divide(ImagesPerClass);
        using Trainer trainer = work switch
        {
            "asb" => new AsbTrainer(model, optimizer),
            "meta-asb" => new MetaAsbTrainer(model, optimizer),
            _ => new ContinualTrainer(model, optimizer),
        };
        trainer.UseZapping(every: BoundaryKind.ClassBoundary, zap => zap.OptimizerState = OptimizerStateReset.Slice);
        var episodes = new EpisodeSampler(new LabeledBatch(images, labels));
        Markdown.Header(trainer is EpisodicTrainer ? "episodes" : "steps", "live tensors", "managed heap (KiB)", "resident (MiB)");
        for (var i = 0; i < Rows; i++)
        {
            Train(tenth);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using var process = Process.GetCurrentProcess();
            Markdown.Row(
                $"{trainer.State.Steps}", $"{Tensor.TotalCount}", $"{GC.GetTotalMemory(true) / 1024}", $"{process.WorkingSet64 / (1 << 20)}");
        }

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
                ((ContinualTrainer)trainer).Fit([new TrainingTask(new ClassExamples(task % 10, ofClass))], batchSize: 1);
            }
        }
    }
}
