using TorchSharp.Modules;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>A residual network whose classifier is drawn anew before each epoch but the first, until that helps no more.</summary>
public static class Resnet
{
    private const int Classes = 5;

    public static (IReadOnlyList<double> Accuracies, TrainingSummary Summary, double Kept) Run(TextWriter output)
    {
        random.manual_seed(1);
        using var colors = randn(Classes, 3, 1, 1);
        var (train, validation, accuracies) = (Pictures(400), Pictures(100), new List<double>());
        using var model = new ResidualNet(Classes);
        using var optimizer = optim.AdamW(model.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseZapping(every: new(EpochBoundary) { SkipFirst = true }, ZapOptions.Recommended with { Head = "fc" })
            .OnEpochEnded(_ => accuracies.Add(model.Evaluate(validation).Accuracy!.Value))
            .UseEarlyStopping(validation, new() { Metric = StoppingMetric.Accuracy, Patience = 2 })
            .OnResetCompleted(report => output.WriteLine($"{report.Boundary}: {string.Join(", ", report.Parameters.Select(own => own.Parameter))}"));
        var summary = trainer.Fit(train, epochs: 20);
        output.WriteLine($"{summary}\n{string.Join(" ", accuracies.Select(accuracy => $"{accuracy:p0}"))}\n{trainer.Evaluate(validation)}");
        return (accuracies, summary, trainer.Evaluate(validation).Accuracy!.Value);

        ShuffledBatches Pictures(int count)
        {
            var labels = arange(count) % Classes;
            return new(colors[labels] + (0.6 * randn(count, 3, 8, 8)), labels, batchSize: 20);
        }
    }

    private sealed class ResidualNet : Module<Tensor, Tensor>
    {
        private readonly Sequential stem = Sequential(Conv2d(3, 8, 3, padding: 1, bias: false), BatchNorm2d(8), ReLU());
        private readonly Sequential branch = Sequential(Conv2d(8, 8, 3, padding: 1, bias: false), BatchNorm2d(8), ReLU(), Conv2d(8, 8, 3, padding: 1, bias: false), BatchNorm2d(8));
        private readonly Linear fc;

        public ResidualNet(int classes)
            : base(nameof(ResidualNet))
        {
            fc = Linear(8, classes);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var features = stem.call(input);
            return fc.call(functional.relu(features + branch.call(features)).mean([2, 3]));
        }
    }
}
