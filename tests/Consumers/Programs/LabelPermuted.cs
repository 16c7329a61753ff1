using Zapping.Training;
using Zapping.Training.Data;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>Inputs stay and every task gives their kinds new labels; measured is what is right just before it is learned from.</summary>
public static class LabelPermuted
{
    public static IReadOnlyList<double> Run(TextWriter output, ZapOptions? zap)
    {
        random.manual_seed(1);
        const int Kinds = 50, Tasks = 12;
        var kinds = arange(1000) % Kinds;
        var inputs = randn(Kinds, 64)[kinds] + (1.5 * randn(1000, 64));
        using var model = Sequential(("hidden1", Linear(64, 100)), ("relu1", ReLU()), ("hidden2", Linear(100, 100)), ("relu2", ReLU()), ("head", Linear(100, Kinds)));
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        var (hits, online) = (0.0, new List<double>());
        using var trainer = new ContinualTrainer(model, optimizer)
            .OnStep(step => hits += step.Outputs!.argmax(1).eq(step.Labels!).sum().item<long>())
            .OnTaskEnded(_ =>
            {
                online.Add(hits / 2000);
                hits = 0;
            });
        if (zap is not null)
        {
            trainer.UseZapping(every: new(TaskBoundary) { SkipFirst = true }, zap with { Head = "head" });
        }

        trainer.Fit(Enumerable.Range(0, Tasks).Select(_ => new Experience(new ShuffledBatches(inputs, randperm(Kinds)[kinds], batchSize: 16), epochs: 2)));
        output.WriteLine($"{(zap is null ? "no resets" : "resets")}: {string.Join(" ", online.Select(accuracy => $"{accuracy:p0}"))}");
        return online;
    }
}
