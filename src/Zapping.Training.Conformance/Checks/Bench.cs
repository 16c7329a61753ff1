using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Conformance.Checks;

/// <summary>Makes what one check needs, disposes of it at the end, and words what went wrong.</summary>
internal sealed class Bench(PolicyConformance suite, string check) : IDisposable
{
    // Optimizers get state, and models keep the weights that the suite gave them.
    private const double NoStep = 0;

    private readonly List<IDisposable> _made = [];
    private readonly Dictionary<ScalarType, Snapshot> _weights = [];
    private string _policy = suite.GetType().Name;

    public PolicyConformance Suite => suite;

    public void Dispose()
    {
        _made.Reverse(); // policies let go of their models, and trainers of their policies, first
        _made.ForEach(made => made.Dispose());
    }

    public PolicyConformanceException Failure(string problem, EntryPlace? place = null, Exception? inner = null) => new(check, _policy, problem, place, inner);

    public T Keep<T>(T made)
    {
        if (made is IDisposable disposable)
        {
            _made.Add(disposable);
        }

        return made;
    }

    public nn.Module<Tensor, Tensor> Model(ScalarType type = ScalarType.Float32)
    {
        var model = Keep(suite.CreateModel(type));
        var weights = Snapshot.OfModel(model);
        if (_weights.TryAdd(type, weights))
        {
            return model;
        }

        EnsureSame(_weights[type], weights, $"{nameof(PolicyConformance.CreateModel)} gave other values at the second call: it must give the same weights at each");
        return model;
    }

    public IResetPolicy Policy(nn.Module<Tensor, Tensor> model, OptimizerStateReset state = OptimizerStateReset.Keep)
    {
        var policy = Keep(suite.CreatePolicy(model, state));
        _policy = policy.GetType().Name;
        return policy;
    }

    public Adam Adam(nn.Module model) => WithState(Keep(optim.Adam(model.parameters(), NoStep)), model);

    public SGD Sgd(nn.Module model, IEnumerable<Parameter>? parameters = null) =>
        WithState(Keep(optim.SGD(parameters ?? model.parameters(), NoStep, momentum: 0.9)), model);

    public ZapScheduler Scheduler(nn.Module model, IResetPolicy policy, IEnumerable<optim.Optimizer>? optimizers = null, ulong seed = 0) =>
        new(model, optimizers ?? [], policy, Schedule(seed));

    public ResetSchedule Schedule(ulong seed) => new(suite.Boundary.Kind) { Seed = seed };

    public void Prepare(nn.Module<Tensor, Tensor> model) => suite.PrepareReset(model);

    public void Signal(ZapScheduler scheduler) => scheduler.Signal(suite.Boundary with { Index = scheduler.State.Boundaries });

    public void Reset(nn.Module<Tensor, Tensor> model, ZapScheduler scheduler)
    {
        Prepare(model);
        Signal(scheduler);
    }

    /// <summary>The names of the parameters of which the suite says that entries are written.</summary>
    public IReadOnlyList<string> WrittenParameters(nn.Module model) =>
        [.. Snapshot.OfParameters(model).Tensors.Where(bits => Enumerable.Range(0, bits.Count).Any(entry => Writes(bits.Place(entry)))).Select(bits => bits.Name)];

    public bool Writes(EntryPlace place) => suite.Writes(place.Tensor, place.Row!.Value, place.Column!.Value);

    public void EnsureSame(Snapshot expected, Snapshot actual, string problem)
    {
        if (!expected.Tensors.Select(t => t.Name).SequenceEqual(actual.Tensors.Select(t => t.Name), StringComparer.Ordinal))
        {
            throw Failure($"{problem}; there are other tensors, {string.Join(", ", actual.Tensors.Select(t => t.Name))} instead of {string.Join(", ", expected.Tensors.Select(t => t.Name))}.");
        }

        foreach (var (mine, its) in expected.Tensors.Zip(actual.Tensors))
        {
            if (mine.Count != its.Count)
            {
                throw Failure($"{problem}; it has {its.Count} entries instead of {mine.Count}.", new EntryPlace(mine.Name));
            }

            if (mine.FirstDifference(its) is { } entry)
            {
                throw Failure($"{problem}; it is {its.Text(entry)} instead of {mine.Text(entry)}.", mine.Place(entry));
            }
        }
    }

    // Gradients are given and not computed: moments of all entries are then other than 0, and no forward pass is seen by the policy.
    private static TOptimizer WithState<TOptimizer>(TOptimizer optimizer, nn.Module model)
        where TOptimizer : optim.Optimizer
    {
        using var generator = new Generator(2);
        using var noGrad = no_grad();
        foreach (var parameter in model.parameters())
        {
            using var drawn = randn(parameter.shape, generator: generator);
            parameter.grad = drawn.to(parameter.dtype);
        }

        optimizer.step();
        foreach (var parameter in model.parameters())
        {
            parameter.grad = null;
        }

        return optimizer;
    }
}
