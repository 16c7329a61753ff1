using TorchSharp.Modules;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>A head for each task, made when the task comes, and drawn anew when training on it begins.</summary>
public static class MultiHead
{
    private static readonly string[] Tasks = ["cats", "dogs", "birds"];

    public static AccuracyMatrix Run(TextWriter output)
    {
        random.manual_seed(1);
        var data = Tasks.Select((_, task) => Draw(classes: 3 + task)).ToArray();
        using var model = new HeadPerTask();
        using var optimizer = optim.Adam(model.parameters(), 3e-3);
        var matrix = new AccuracyMatrixBuilder(Tasks);
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseZapping(every: TaskBoundary, ZapOptions.Recommended with { Head = HeadSelector.PerBoundary(_ => $"heads.{model.Task}"), Units = UnitSelection.All })
            .OnResetCompleted(report => output.WriteLine($"  {report.Boundary}: {string.Join(", ", report.Parameters.Select(p => p.Parameter))}"))
            .OnTaskEnded(ended =>
            {
                for (var task = 0; task <= ended; task++)
                {
                    model.Task = Tasks[task];
                    matrix.Add((int)ended, task, model.Evaluate(data[task].Test).Accuracy!.Value);
                }
            });
        trainer.Fit(Experiences());
        output.WriteLine($"{matrix.Build()}\naverage {matrix.Build().AverageAccuracy():p1}, backward transfer {matrix.Build().BackwardTransfer():p1}");
        return matrix.Build();

        IEnumerable<Experience> Experiences()
        {
            foreach (var (name, (train, _)) in Tasks.Zip(data)) // read one by one, so that a head is made when its task begins
            {
                var head = model.Add(name, classes: (int)train.Labels.max().item<long>() + 1);
                optimizer.add_param_group(new Adam.ParamGroup(head.parameters(), new Adam.Options { LearningRate = 3e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8 }));
                yield return new Experience(new ShuffledBatches(train.Inputs, train.Labels, batchSize: 30), epochs: 6);
            }
        }
    }

    private static (LabeledBatch Train, LabeledBatch Test) Draw(int classes)
    {
        var labels = arange(400) % classes;
        var inputs = randn(classes, 16)[labels] + (0.8 * randn(400, 16));
        return (new(inputs[..300], labels[..300]), new(inputs[300..], labels[300..]));
    }

    private sealed class HeadPerTask : Module<Tensor, Tensor>
    {
        private readonly Linear body = Linear(16, 64);
        private readonly ModuleDict<Linear> heads = ModuleDict<Linear>();

        public HeadPerTask()
            : base(nameof(HeadPerTask)) => RegisterComponents();

        public string Task { get; set; } = "";

        public Linear Add(string task, int classes)
        {
            var head = Linear(64, classes);
            heads.Add(task, head);
            heads.register_module(task, head); // TorchSharp's Add does so only before the dictionary itself is registered
            Task = task;
            return head;
        }

        public override Tensor forward(Tensor input) => heads[Task].call(functional.relu(body.call(input)));
    }
}
