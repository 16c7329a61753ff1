// A policy of your own with options, state and a Use… method: see WeakestRowsPolicy.cs. Here it runs twice, and every bit is compared.
using CustomPolicy;
using Zapping.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

random.manual_seed(1);
using var model = Sequential(("body", Linear(20, 16)), ("relu", ReLU()), ("head", Linear(16, 8)));
using var optimizer = optim.Adam(model.parameters(), 1e-3);
using var trainer = new ContinualTrainer(model, optimizer)
    .UseWeakestRowsReset(new ResetSchedule(TaskBoundary) { Seed = 7 }, options => options.Count = 2);
trainer.Schedulers[0].ResetCompleted += report => Console.WriteLine(
    $"reset {report.Ordinal}: {string.Join(", ", report.Parameters.Select(write => $"{write.Parameter} {write.Slice}"))}");

var before = model.named_parameters().Select(entry => entry.parameter.detach().clone()).ToList();
using var norms = model.get_parameter("head.weight")!.detach().norm(1);
Console.WriteLine($"norms of the head's rows: {string.Join("  ", norms.data<float>().Select(norm => $"{norm:f3}"))}");

trainer.BeginTask(); // a boundary at which the policy runs

foreach (var ((name, parameter), old) in model.named_parameters().Zip(before))
{
    using var scope = NewDisposeScope();
    var changed = parameter.ne(old).reshape(parameter.shape[0], -1).any(1).nonzero().flatten();
    Console.WriteLine($"{name}: {(changed.numel() == 0 ? "no row" : "rows " + string.Join(", ", changed.data<long>()))} changed");
    old.Dispose();
}

trainer.BeginTask(); // the rows that were drawn anew rest
