using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using Zapping.Training.Resets;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>Before each epoch but the first, the rows of the two classes that are recognized worst are drawn anew.</summary>
public static class LowestAccuracy
{
    public static (IReadOnlyList<IReadOnlyList<ClassScore>> Scores, IReadOnlyList<ParameterResetReport> Resets) Run(TextWriter output)
    {
        random.manual_seed(1);
        var labels = arange(400) % 8;
        var inputs = randn(8, 24)[labels] + (1.6 * randn(400, 24));
        using var model = Sequential(("body", Linear(24, 64)), ("relu", ReLU()), ("head", Linear(64, 8)));
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        var (scores, resets) = (new List<IReadOnlyList<ClassScore>>(), new List<ParameterResetReport>());
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseZapping(every: new(EpochBoundary) { SkipFirst = true }, zap => (zap.Head, zap.Units) = ("head", UnitSelection.From((_, _) => Worst(2))))
            .OnEpochEnded(_ => scores.Add(Scores()))
            .OnResetCompleted(report =>
            {
                output.WriteLine($"{report.Boundary}: {report.Parameters[0].Slice}");
                resets.AddRange(report.Parameters);
            });
        trainer.Fit(new ShuffledBatches(inputs, labels, batchSize: 20), epochs: 5);
        return (scores, resets);

        IReadOnlyList<ClassScore> Scores() => model.Evaluate(inputs, labels).PerClass!;

        int[] Worst(int count) => [.. Scores().OrderBy(score => score.Accuracy).Take(count).Select(score => score.ClassId)];
    }
}
