using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using Zapping.Training.Rehearsal;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>Five tasks of two classes, with and without resets, replay and distillation.</summary>
public static class Replay
{
    private const int Tasks = 5, PerTask = 2;

    public static double Run(TextWriter output, bool zap, bool replay, bool distill)
    {
        random.manual_seed(1);
        using var patterns = randn(Tasks * PerTask, 32);
        var (train, test) = (Draw(perClass: 60), Draw(perClass: 40));
        using var model = Sequential(("body", Linear(32, 128)), ("relu", ReLU()), ("head", Linear(128, Tasks * PerTask)));
        using var optimizer = optim.SGD(model.parameters(), 0.05);
        using var memory = new ReservoirBuffer(100);
        var matrix = new TaskMatrixObserver(new TaskEvaluator(model, test));
        using var trainer = new ContinualTrainer(model, optimizer).UseObserver(matrix);
        if (zap)
        {
            trainer.UseZapping(every: TaskBoundary, options => options.Head = "head");
        }

        if (replay)
        {
            trainer.UseReplay(memory);
        }

        if (distill)
        {
            trainer.UseDistillation();
        }

        trainer.Fit(train.Select(task => new Experience(new ShuffledBatches(task.Inputs, task.Labels, batchSize: 20), epochs: 3)));
        var average = matrix.Accuracies.AverageAccuracy();
        output.WriteLine($"zap {zap,-5} replay {replay,-5} distill {distill,-5}: {average:p1}, forgotten {matrix.Accuracies.AverageForgetting():p1}");
        return average;

        LabeledBatch[] Draw(int perClass) => [.. Enumerable.Range(0, Tasks).Select(task =>
        {
            var labels = (arange(perClass * PerTask) % PerTask) + (task * PerTask);
            return new LabeledBatch(patterns[labels] + (1.2 * randn(labels.shape[0], 32)), labels);
        })];
    }
}
