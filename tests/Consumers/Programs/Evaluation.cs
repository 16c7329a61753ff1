using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>After each of five tasks: how good the model is on every task and class, and what it takes for what.</summary>
public static class Evaluation
{
    private const int Tasks = 5, PerTask = 2;
    private static readonly string[] Names = ["ash", "birch", "cedar", "elm", "fir", "holly", "larch", "maple", "oak", "pine"];

    public static (AccuracyMatrix Matrix, IReadOnlyList<EvaluationResult> Results) Run(TextWriter output)
    {
        random.manual_seed(1);
        using var patterns = randn(Names.Length, 32);
        var (train, test) = (Draw(60), Draw(40));
        using var model = Sequential(("body", Linear(32, 128)), ("relu", ReLU()), ("head", Linear(128, Names.Length)));
        using var optimizer = optim.SGD(model.parameters(), 0.02);
        var matrix = new TaskMatrixObserver(new TaskEvaluator(model, [.. test.Chunk(PerTask).Select(Join)]));
        var results = new List<EvaluationResult>();
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseZapping(every: ClassBoundary, zap => zap.Head = "head")
            .UseObserver(matrix)
            .OnTaskEnded(_ => results.Add(model.Evaluate(Join(test), new() { TopK = [3], ClassNames = Names })));
        trainer.Fit(train.Chunk(PerTask).Select(classes => new TrainingTask(classes)), batchSize: 10);

        var accuracies = matrix.Accuracies.WithTaskNames([.. Names.Chunk(PerTask).Select(pair => string.Join(" and ", pair))]);
        output.WriteLine($"{accuracies}\n{accuracies.AverageAccuracy():p1}, forgotten {accuracies.AverageForgetting():p1}, forward {accuracies.ForwardTransfer():p1}");
        output.WriteLine($"{results[^1]}\n{results[^1].ConfusionMatrix}");
        return (accuracies, results);

        ClassExamples[] Draw(int count) => [.. Names.Select((_, kind) => new ClassExamples(kind, patterns[kind] + (0.9 * randn(count, 32))))];
    }

    private static LabeledBatch Join(ClassExamples[] classes) =>
        new(cat([.. classes.Select(own => own.Inputs)]), cat([.. classes.Select(own => full(own.Inputs.shape[0], own.ClassId, dtype: int64))]));
}
