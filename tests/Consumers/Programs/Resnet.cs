using TorchSharp.Modules;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>A residual network whose classifier is drawn anew before each epoch but the first, until it is good enough.</summary>
public static class Resnet
{
    private const int Classes = 5;

    public static (IReadOnlyList<double> Accuracies, TrainingSummary Summary) Run(TextWriter output, double goodEnough)
    {
        random.manual_seed(1);
        using var colors = randn(Classes, 3, 1, 1);
        var (train, test) = (Pictures(400), Pictures(50));
        using var model = new ResidualNet(Classes);
        using var optimizer = optim.AdamW(model.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseZapping(every: new(EpochBoundary) { SkipFirst = true }, ZapOptions.Recommended with { Head = "fc" })
            .OnResetCompleted(report => output.WriteLine($"  {report.Boundary}: {string.Join(", ", report.Parameters.Select(p => p.Parameter))}"));
        var accuracies = new List<double>();
        trainer.OnEpochEnded(epoch =>
        {
            var result = trainer.Evaluate(test);
            output.WriteLine($"epoch {epoch}: loss {result.Loss:f3}, accuracy {result.Accuracy:p0}");
            accuracies.Add(result.Accuracy!.Value);
            if (result.Accuracy >= goodEnough)
            {
                trainer.RequestStop();
            }
        });
        return (accuracies, trainer.Fit(new ShuffledBatches(train.Inputs, train.Labels, batchSize: 20), epochs: 8));

        LabeledBatch Pictures(int count)
        {
            var labels = arange(count) % Classes;
            return new(colors[labels] + (0.6 * randn(count, 3, 8, 8)), labels);
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
