using TorchSharp.Modules;
using Zapping.Training;
using Zapping.Training.Rehearsal;
using Zapping.Training.Serving;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>Four threads predict while a fifth learns class after class: each prediction is made by a copy that does not change.</summary>
public static class Serving
{
    private const int Classes = 8;

    public static async Task<(long Served, IReadOnlyList<string> Failures, int Right, long Version)> Run(TextWriter output)
    {
        random.manual_seed(1);
        using var patterns = randn(Classes, 32);
        var examples = Enumerable.Range(0, Classes).Select(kind => (Train: Draw(kind, 30), Test: Draw(kind, 20))).ToArray();
        using var served = new ServedModel<Net>(trained => new Net((int)trained.Head.out_features));
        var (answers, failures) = (0L, new List<string>());
        using var end = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(Ask)).ToArray();
        await Task.Run(Learn);
        await end.CancelAsync();
        await Task.WhenAll(clients);
        var right = examples.Index().Sum(entry => served.Use(model => model.call(entry.Item.Test).argmax(1).eq(entry.Index).sum().item<long>()));
        output.WriteLine($"{answers} answers, {failures.Count} failures, {right} of {20 * Classes} right, version {served.Version}");
        return (answers, failures, (int)right, served.Version);

        Tensor Draw(int kind, int count) => patterns[kind] + (0.8 * randn(count, 32));

        void Learn()
        {
            using var model = new Net(classes: 1);
            using var optimizer = optim.Adam(model.parameters(), 3e-3);
            using var memory = new ClassBalancedBuffer(200);
            using var trainer = new ContinualTrainer(model, optimizer)
                .UseGrowingHead("head").UseZapping(every: ClassBoundary, zap => zap.Head = "head").UseReplay(memory);
            foreach (var (kind, (train, _)) in examples.Index())
            {
                trainer.BeginClass(kind);
                for (var pass = 0; pass < 20; pass++)
                {
                    trainer.TrainStep(train, full(30, kind, dtype: int64));
                }

                served.Publish(model);
            }
        }

        void Ask()
        {
            for (var ask = 0; !end.IsCancellationRequested; ask++)
            {
                if (served.Version == 0)
                {
                    continue;
                }

                try
                {
                    served.Use(model => model.call(examples[ask % Classes].Test).argmax(1)[0].item<long>());
                    Interlocked.Increment(ref answers);
                }
                catch (Exception e)
                {
                    lock (failures)
                    {
                        failures.Add(e.Message);
                    }
                }
            }
        }
    }

    private sealed class Net : Module<Tensor, Tensor>
    {
        private readonly Linear body = Linear(32, 64);
        private readonly Linear head;

        public Net(int classes)
            : base(nameof(Net))
        {
            head = Linear(64, classes);
            RegisterComponents();
        }

        public Linear Head => head;

        public override Tensor forward(Tensor input) => head.call(functional.relu(body.call(input)));
    }
}
