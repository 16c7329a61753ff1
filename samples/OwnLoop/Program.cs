// A training loop of your own, without any trainer. The library needs one line of it: zapper.Signal, before the forward pass.
using Zapping.Training;
using Zapping.Training.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

const int BatchSize = 50;

NativeAllocator.KeepLargeBlocks(); // trainers say this by themselves
random.manual_seed(1);

// Ten clouds of points.
using var centres = randn(10, 20);
using var labels = randint(10, 2000);
using var noise = randn(2000, 20);
using var inputs = centres[labels].add_(noise);

using var model = Sequential(("body", Linear(20, 64)), ("relu", ReLU()), ("head", Linear(64, 10)));
using var optimizer = optim.Adam(model.parameters(), 3e-3);

var options = ZapOptions.Recommended with { Head = "head" }; // all rows of the head, its bias, and what Adam remembers of both
var zapper = new ZapScheduler(
    model, [optimizer], new ZapPolicy(options), new ResetSchedule(EpochBoundary) { Period = 2, SkipFirst = true, Seed = 42 });
zapper.ResetCompleted += report => Console.WriteLine($"  reset: {string.Join(", ", report.Parameters.Select(rewrite => rewrite.Parameter))}");

for (var epoch = 0; epoch < 6; epoch++)
{
    zapper.Signal(EpochBoundary);
    var before = Accuracy();
    for (var start = 0; start < 2000; start += BatchSize)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var outputs = model.call(inputs.narrow(0, start, BatchSize));
        functional.cross_entropy(outputs, labels.narrow(0, start, BatchSize)).backward();
        optimizer.step();
    }

    Console.WriteLine($"epoch {epoch}: accuracy {before:p1} at its beginning, {Accuracy():p1} at its end");
}

Console.WriteLine($"to go on later with the same resets, save: {zapper.State}");

double Accuracy()
{
    using var scope = NewDisposeScope();
    using var noGrad = no_grad();
    return model.call(inputs).argmax(1).eq(labels).to(float32).mean().item<float>();
}
