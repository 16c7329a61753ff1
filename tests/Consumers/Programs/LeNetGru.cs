using TorchSharp.Modules;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>LeNet-5 and a recurrent network: the head is drawn anew before epochs, and dormant units every twenty steps.</summary>
public static class LeNetGru
{
    public static (double LeNet, double Gru) Run(TextWriter output)
    {
        random.manual_seed(1);
        using var lenet = Sequential(
            ("conv1", Conv2d(1, 6, 5)), ("relu1", ReLU()), ("pool1", MaxPool2d(2)),
            ("conv2", Conv2d(6, 16, 5)), ("relu2", ReLU()), ("pool2", MaxPool2d(2)), ("flatten", Flatten()),
            ("fc1", Linear(256, 120)), ("relu3", ReLU()), ("fc2", Linear(120, 84)), ("relu4", ReLU()), ("fc3", Linear(84, 10)));
        using var gru = new Recurrent(8, 32, 10);
        return (Train(output, lenet, "fc3", [1, 28, 28]), Train(output, gru, "head", [12, 8]));
    }

    private static double Train(TextWriter output, Module<Tensor, Tensor> model, string head, long[] shape)
    {
        var labels = arange(400) % 10;
        var inputs = randn([10, .. shape])[labels] + randn([400, .. shape]);
        using var optimizer = optim.Adam(model.parameters(), 3e-3);
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseZapping(every: new(EpochBoundary) { SkipFirst = true }, ZapOptions.Recommended with { Head = head })
            .UseReDo(inputs[..1], every: new(StepBoundary) { Period = 20, SkipFirst = true })
            .OnResetCompleted(report => output.WriteLine($"  {report.Policy} at {report.Boundary}: {report.Parameters.Count} parameters"))
            .OnEpochEnded(epoch => output.WriteLine($"{model.GetName()}, epoch {epoch}: accuracy {model.Evaluate(inputs, labels).Accuracy:p0}"));
        trainer.Fit(new ShuffledBatches(inputs, labels, batchSize: 20), epochs: 4);
        return model.Evaluate(inputs, labels).Accuracy!.Value;
    }

    private sealed class Recurrent : Module<Tensor, Tensor>
    {
        private readonly GRU gru;
        private readonly Linear hidden;
        private readonly Linear head;

        public Recurrent(int inputs, int width, int classes)
            : base(nameof(Recurrent))
        {
            (gru, hidden, head) = (GRU(inputs, width, batchFirst: true), Linear(width, width), Linear(width, classes));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => head.call(functional.relu(hidden.call(gru.call(input).Item2[0])));
    }
}
