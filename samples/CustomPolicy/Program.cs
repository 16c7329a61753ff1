// A policy of your own is one method: see ResetWeakestRows.cs. Here it runs once, and every bit is compared.
using CustomPolicy;
using Zapping.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

random.manual_seed(1);
using var model = Sequential(("body", Linear(20, 16)), ("relu", ReLU()), ("head", Linear(16, 8)));
using var optimizer = optim.Adam(model.parameters(), 1e-3);
using var trainer = new ContinualTrainer(model, optimizer);
trainer.UseReset(every: new(TaskBoundary) { Seed = 7 }, new ResetWeakestRows("head.weight", count: 2));

var before = model.named_parameters().Select(entry => entry.parameter.detach().clone()).ToList();
using var norms = model.get_parameter("head.weight")!.detach().norm(1);
Console.WriteLine($"norms of the head's rows: {string.Join("  ", norms.data<float>().Select(norm => $"{norm:f3}"))}");

trainer.BeginTask(); // the boundary at which the policy runs

foreach (var ((name, parameter), old) in model.named_parameters().Zip(before))
{
    using var scope = NewDisposeScope();
    var changed = parameter.ne(old).reshape(parameter.shape[0], -1).any(1).nonzero().flatten();
    Console.WriteLine($"{name}: {(changed.numel() == 0 ? "no row" : "rows " + string.Join(", ", changed.data<long>()))} changed");
    old.Dispose();
}
