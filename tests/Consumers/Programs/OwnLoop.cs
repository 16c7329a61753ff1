using Zapping.Training;
using Zapping.Training.Evaluation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>A loop of one's own with gradient accumulation, clipping and a cosine schedule; one line of it is for resets.</summary>
public static class OwnLoop
{
    private const int Epochs = 6, Examples = 640, Part = 16, Parts = 4;

    public static (IReadOnlyList<double> Accuracies, double LearningRate, ZapSchedulerState Resets) Run(TextWriter output)
    {
        random.manual_seed(1);
        var labels = arange(Examples + 200) % 6;
        var inputs = randn(6, 20)[labels] + (1.2 * randn(Examples + 200, 20));
        using var model = Sequential(("body", Linear(20, 64)), ("relu", ReLU()), ("head", Linear(64, 6)));
        using var optimizer = optim.AdamW(model.parameters(), 3e-3);
        var rates = optim.lr_scheduler.CosineAnnealingLR(optimizer, Epochs * Examples / (Part * Parts));
        var zapper = new ZapScheduler(
            model, [optimizer], new ZapPolicy(ZapOptions.Recommended with { Head = "head", Units = UnitSelection.Random(2) }),
            new ResetSchedule(EpochBoundary) { SkipFirst = true, Until = 4 }); // the last epochs, of small rates, could not make up for a reset
        var accuracies = new List<double>();
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            zapper.Signal(EpochBoundary);
            foreach (var step in randperm(Examples).split(Part * Parts))
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                foreach (var rows in step.split(Part))
                {
                    (functional.cross_entropy(model.call(inputs[rows]), labels[rows]) / Parts).backward();
                }

                nn.utils.clip_grad_norm_(model.parameters(), 1);
                optimizer.step();
                rates.step();
            }

            accuracies.Add(model.Evaluate(inputs[Examples..], labels[Examples..]).Accuracy!.Value);
            output.WriteLine($"epoch {epoch}: accuracy {accuracies[^1]:p1}, learning rate {optimizer.ParamGroups.First().LearningRate:g3}");
        }

        return (accuracies, optimizer.ParamGroups.First().LearningRate, zapper.State);
    }
}
