using TorchSharp.Modules;
using Zapping.Training;
using Zapping.Training.Data;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>A model of two inputs and two outputs, with a trainer of its own batches.</summary>
public static class TwoInputs
{
    public static (double Accuracy, long Resets) Run(TextWriter output)
    {
        random.manual_seed(1);
        var labels = arange(400) % 5;
        var (pictures, facts) = (randn(5, 12)[labels] + randn(400, 12), randn(5, 4)[labels] + randn(400, 4));
        using var model = new Fusion();
        using var optimizer = optim.Adam(model.parameters(), 3e-3);
        using var trainer = new ContinualTrainer<Sighting>(model, optimizer, batch =>
        {
            var (logits, features) = model.call(batch.Picture, batch.Facts);
            return functional.cross_entropy(logits, batch.Labels) + (1e-4 * features.square().mean());
        }).UseZapping(every: new(EpochBoundary) { Period = 3, SkipFirst = true }, ZapOptions.Recommended with { Head = "head" });
        trainer.Fit(BatchSource.FromIndices(count: 300, batchSize: 30, rows => Of(tensor(rows.ToArray()))), epochs: 8);
        using var noGrad = no_grad();
        var test = Of(arange(300, 400));
        var accuracy = model.call(test.Picture, test.Facts).Logits.argmax(1).eq(test.Labels).to(float32).mean().item<float>();
        output.WriteLine($"accuracy {accuracy:p0} after {trainer.Schedulers[0].State.Resets} resets");
        return (accuracy, trainer.Schedulers[0].State.Resets);

        Sighting Of(Tensor rows) => new(pictures[rows], facts[rows], labels[rows]);
    }

    private readonly record struct Sighting(Tensor Picture, Tensor Facts, Tensor Labels);

    private sealed class Fusion : Module<Tensor, Tensor, (Tensor Logits, Tensor Features)>
    {
        private readonly Linear picture = Linear(12, 32);
        private readonly Linear facts = Linear(4, 32);
        private readonly Linear head = Linear(64, 5);

        public Fusion()
            : base(nameof(Fusion)) => RegisterComponents();

        public override (Tensor Logits, Tensor Features) forward(Tensor seen, Tensor known)
        {
            var features = functional.relu(cat([picture.call(seen), facts.call(known)], 1));
            return (head.call(features), features);
        }
    }
}
