using Zapping.Training;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>Tasks that bring new classes, each shuffled and learned for some epochs; canceled at any step, the same call goes on.</summary>
public static class ResumeTasks
{
    /// <param name="output">Says where it begins.</param>
    /// <param name="folder">Of the checkpoints.</param>
    /// <param name="cancelAfter">After how many steps it is canceled.</param>
    /// <returns>All bits of the weights.</returns>
    public static byte[] Run(TextWriter output, string folder, long cancelAfter = long.MaxValue)
    {
        random.manual_seed(1);
        var patterns = randn(12, 32);
        var tasks = Enumerable.Range(0, 4).Select(task => (arange(90) % 3) + (3 * task)).Select(labels => (Inputs: patterns[labels] + randn(90, 32), Labels: labels)).ToArray();
        using var model = Sequential(("body", Linear(32, 64)), ("relu", ReLU()), ("head", Linear(64, 3)));
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        using var store = new CheckpointStore(folder);
        using var cancel = new CancellationTokenSource();
        using var trainer = new ContinualTrainer(model, optimizer).UseGrowingHead("head").UseZapping(every: TaskBoundary, zap => zap.Head = "head");
        store.Resume(trainer);
        output.WriteLine($"begins at {trainer.State}");
        trainer.UseCheckpoints(store, everySteps: 7).OnStep(step =>
        {
            if (step.Index + 1 == cancelAfter)
            {
                cancel.Cancel();
            }
        });
        trainer.Fit(tasks.Select(task => new Experience(new ShuffledBatches(task.Inputs, task.Labels, batchSize: 16), epochs: 3)), cancellationToken: cancel.Token);
        return [.. model.parameters().SelectMany(parameter => parameter.bytes.ToArray())];
    }
}
