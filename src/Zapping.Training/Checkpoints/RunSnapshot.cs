using Zapping.Training.Heads;
using Zapping.Training.Native;
using Zapping.Training.Randomness;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Safetensors;
using Zapping.Training.Steps;
using Zapping.Training.Telemetry;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Checkpoints;

/// <summary>Everything about a run that a checkpoint holds, on its way there and back.</summary>
internal sealed class RunSnapshot
{
    private const string ModelFile = "model.safetensors";
    private const string GradientFile = "gradients.safetensors";
    private const string RandomFile = "random.safetensors";
    private const string GlobalGenerator = "torch.global";

    private readonly ICheckpointed _run;
    private readonly IReadOnlyList<KeyValuePair<string, Tensor>> _model;
    private readonly HashSet<string> _parameters;
    private readonly IReadOnlyList<OptimizerSnapshot> _optimizers;

    public RunSnapshot(ICheckpointed run)
    {
        _run = run;
        _model = NamedTensors.Of(run.Model);
        _parameters = run.Model.named_parameters().Select(p => p.name).ToHashSet(StringComparer.Ordinal);
        var names = run.Model.named_parameters().DistinctBy(p => TensorIdentity.Of(p.parameter)).ToDictionary(p => TensorIdentity.Of(p.parameter), p => p.name);
        _optimizers = [.. run.Optimizers.Select(optimizer => new OptimizerSnapshot(optimizer, names))];
    }

    public CheckpointDescription Describe(double? score, IReadOnlyDictionary<string, string>? notes) => new(
        CheckpointDescription.CurrentFormat,
        CheckpointDescription.OwnLibraryVersion,
        DateTimeOffset.Now,
        score,
        _run.GetType().Name,
        _run.State,
        DescriptionJson.Of(_run.Settings),
        [.. _optimizers.Select(optimizer => optimizer.Describe())],
        [.. _run.Schedulers.Select(scheduler => new ResetDescription(
            scheduler.Name, scheduler.Schedule, scheduler.State, DescriptionJson.OfDescribed(scheduler.Policy)))],
        [.. _run.LearningRates.Select(rates => new LearningRateDescription(
            rates.Kind, rates.Every, rates.Steps, rates.Metrics, rates.Options is { } options ? DescriptionJson.Of(options) : null))],
        [.. StatefulObservers.Select(ObserverDescription.Of)],
        ModelMode.Frozen(_run.Model),
        Convolutions,
        notes ?? new Dictionary<string, string>(StringComparer.Ordinal),
        _run.Feed);

    public IEnumerable<(string File, IEnumerable<KeyValuePair<string, Tensor>> Tensors)> Tensors()
    {
        yield return (ModelFile, _model);
        for (var i = 0; i < _optimizers.Count; i++)
        {
            using var scope = NewDisposeScope();
            yield return (OptimizerFile(i), _optimizers[i].Tensors());
        }

        foreach (var (file, policy) in StatefulPolicies())
        {
            yield return (file, policy.State);
        }

        foreach (var memory in _run.Memories)
        {
            yield return (MemoryFile(memory), memory.Save());
        }

        if (KeepsGradients)
        {
            using var scope = NewDisposeScope();
            yield return (GradientFile, GradientMemory.Of(_run.Model));
        }

        using var state = random.get_rng_state();
        yield return (RandomFile, [new(GlobalGenerator, state)]);
    }

    /// <exception cref="InvalidOperationException">Weights, or what optimizers remember of them, are NaN or infinite.</exception>
    public void EnsureFinite()
    {
        using var scope = NewDisposeScope();
        Ensure(_model.Where(own => _parameters.Contains(own.Key)), "");
        Ensure(
            _optimizers.SelectMany(optimizer => optimizer.Tensors()),
            " The weights are finite, but not what an optimizer remembers of them: the square of a gradient of about 1e19 and more overflows in single precision. "
            + $"With {nameof(TrainerExtensions.UseGradientClipping)} such gradients are clipped, or their step is refused. The state stays as it is: go on from an earlier checkpoint.");

        static void Ensure(IEnumerable<KeyValuePair<string, Tensor>> tensors, string cause)
        {
            if (FiniteWeights.Faults(tensors.Select(own => (own.Key, own.Value))) is { } faults)
            {
                throw new InvalidOperationException(
                    $"The checkpoint could not be resumed, and was not saved: it would have {faults}.{cause} Earlier checkpoints are untouched. "
                    + $"Set {nameof(CheckpointStore)}.{nameof(CheckpointStore.AllowNonFinite)} if that is meant.");
            }
        }
    }

    /// <summary>Checks and reads everything, and only then writes.</summary>
    /// <param name="files">The checkpoint.</param>
    /// <param name="accepted">Differences that are meant.</param>
    /// <param name="allowNonFinite">Whether parameters may hold NaN and infinity.</param>
    /// <exception cref="InvalidDataException">It does not fit; the message says why.</exception>
    public void Restore(CheckpointFiles files, IReadOnlyCollection<string> accepted, bool allowNonFinite)
    {
        var saved = files.Description;
        EnsureSame("trainer", saved.Trainer, _run.GetType().Name);
        EnsureSame("optimizers", string.Join(", ", saved.Optimizers.Select(o => o.Type)), string.Join(", ", _optimizers.Select(o => o.Describe().Type)));
        EnsureSame("resets", string.Join(", ", saved.Resets.Select(r => r.Policy)), string.Join(", ", _run.Schedulers.Select(s => s.Name)));
        EnsureSame("number of learning-rate schedulers", $"{saved.LearningRates.Count}", $"{_run.LearningRates.Count}");
        if (saved.LearningRates.Zip(_run.LearningRates).Any(pair => pair.Second.Steps > pair.First.Steps))
        {
            throw new InvalidDataException("a learning-rate scheduler has been stepped further already; make a new one before resuming.");
        }

        EnsureMetrics(saved);
        SetupComparison.EnsureAlike(saved, Describe(score: null, notes: null), accepted);
        using var scope = NewDisposeScope();
        using var grown = GrowHead(files.Tensors(ModelFile)); // out of the try, at whose end it could not be taken back any more
        var undo = new Stack<Action>();
        undo.Push(() => grown?.Undo());
        try
        {
            var model = ReadModel(files.Tensors(ModelFile), allowNonFinite);
            var optimizers = _optimizers.Select((optimizer, i) => optimizer.Plan(saved.Optimizers[i], files.Tensors(OptimizerFile(i)), allowNonFinite)).ToList();
            var policies = StatefulPolicies().SelectMany(p => Read(files.Tensors(p.File), p.Policy.State, p.Policy.GetType().Name)).ToList();
            var generator = ReadGenerator(files.Tensors(RandomFile));
            RestoreObservers(saved.Observers, undo);
            RestoreMemories(files, undo);
            var gradients = KeepsGradients && files.Has(GradientFile) ? GradientMemory.Plan(_run.Model, files.Tensors(GradientFile)) : () => { };
            Write(saved, [.. model, .. policies], [.. optimizers, gradients], generator);
        }
        catch
        {
            while (undo.TryPop(out var back))
            {
                back();
            }

            throw;
        }

        _run.Expect(saved.Feed, accepted);
        if (saved.Convolutions != Convolutions)
        {
            TrainingLog.ResumedOnOtherArithmetic(_run.Log, saved.Convolutions, Convolutions);
        }
    }

    private void Write(CheckpointDescription saved, List<(Tensor Target, Tensor Value)> tensors, List<Action> others, Tensor generator)
    {
        using var noGrad = no_grad();
        tensors.ForEach(own => own.Target.copy_(own.Value));
        foreach (var (rates, before) in _run.LearningRates.Zip(saved.LearningRates))
        {
            rates.CatchUp(before.Steps, before.Metrics);
        }

        others.ForEach(write => write());
        foreach (var (scheduler, reset) in _run.Schedulers.Zip(saved.Resets))
        {
            scheduler.State = reset.State;
        }

        random.set_rng_state(generator);
        _run.State = saved.State;
    }

    private bool KeepsGradients => _run.Schedulers.Any(scheduler => scheduler.Policy.ReadsGradients);

    // A classifier that grows with the classes has as many units as had come when the checkpoint was saved.
    private GrownHead? GrowHead(SafetensorsFile model) =>
        _run.GrowingHead is { } head && head.WeightName(_run.Model) is var name && model.Contains(name) && model[name].Shape is [> 0 and <= int.MaxValue and var units, ..]
            ? head.GrowTo(_run.Model, _run.Optimizers, (int)units)
            : null;

    private void RestoreMemories(CheckpointFiles files, Stack<Action> undo)
    {
        foreach (var memory in _run.Memories.Where(memory => files.Has(MemoryFile(memory)))) // one that is new, and that is meant, begins empty
        {
            var before = memory.Save().ToDictionary(own => own.Key, own => own.Value.detach().clone(), StringComparer.Ordinal);
            var file = files.Tensors(MemoryFile(memory));
            memory.Load(file.Names.ToDictionary(name => name, file.Read, StringComparer.Ordinal));
            undo.Push(() => memory.Load(before));
        }
    }

    private static string MemoryFile(ITrainingMemory memory) => $"memory-{memory.Name}.safetensors";

    private static string Convolutions => ConvolutionGuard.Status.State.ToString();

    private IEnumerable<IStatefulTrainingObserver> StatefulObservers => _run.Observers.OfType<IStatefulTrainingObserver>();

    private void EnsureMetrics(CheckpointDescription saved)
    {
        var (place, rates) = saved.LearningRates.Index().FirstOrDefault(own => _run.LearningRates[own.Index].NeedsMetric && own.Item.Metrics.Count != own.Item.Steps);
        if (rates is not null)
        {
            throw new InvalidDataException($"its learning-rate scheduler {place} has made {rates.Steps} steps without a metric, and the one here waits for one.");
        }
    }

    // Those that cannot go on from what was saved, as the list of observers is another one and that is meant, begin anew.
    private void RestoreObservers(IReadOnlyList<ObserverDescription> saved, Stack<Action> undo)
    {
        var left = saved.ToList();
        foreach (var observer in StatefulObservers)
        {
            var now = ObserverDescription.Of(observer);
            if (left.Find(now.IsAlike) is { } own)
            {
                left.Remove(own);
                undo.Push(() => observer.RestoreState(now.State));
                observer.RestoreState(own.State);
            }
        }
    }

    private IEnumerable<(string File, IStatefulResetPolicy Policy)> StatefulPolicies() => _run.Schedulers
        .Select((scheduler, i) => (File: FormattableString.Invariant($"policy-{i}.safetensors"), Policy: scheduler.Policy as IStatefulResetPolicy))
        .Where(p => p.Policy is not null)
        .Select(p => (p.File, p.Policy!));

    private static List<(Tensor Target, Tensor Value)> Read(SafetensorsFile file, IReadOnlyList<KeyValuePair<string, Tensor>> wanted, string owner)
    {
        StateDictCheck.EnsureFit(file, wanted, owner);
        return [.. wanted.Select(own => (own.Value, file.Read(own.Key)))];
    }

    private List<(Tensor Target, Tensor Value)> ReadModel(SafetensorsFile file, bool allowNonFinite)
    {
        StateDictCheck.EnsureFit(file, [.. _model], StateDictCheck.Model);
        var values = _model.Select(own => (own.Key, Target: own.Value, Value: file.Read(own.Key))).ToList();
        var weights = values.Where(own => _parameters.Contains(own.Key)).Select(own => (own.Key, own.Value));
        return !allowNonFinite && FiniteWeights.Faults(weights) is { } faults
            ? throw new InvalidDataException($"it has {faults}. Set {nameof(CheckpointStore)}.{nameof(CheckpointStore.AllowNonFinite)} if that is meant.")
            : values.ConvertAll(own => (own.Target, own.Value));
    }

    private static Tensor ReadGenerator(SafetensorsFile file)
    {
        using var own = random.get_rng_state();
        StateDictCheck.EnsureFit(file, [new(GlobalGenerator, own)], "kind of random state");
        var state = file.Read(GlobalGenerator);
        return GeneratorState.IsValid(state) ? state : throw new InvalidDataException("its random state is none.");
    }

    private static void EnsureSame(string what, string saved, string own)
    {
        if (saved != own)
        {
            throw new InvalidDataException($"its {what} is another one: '{saved}', not '{own}'.");
        }
    }

    private static string OptimizerFile(int index) => FormattableString.Invariant($"optimizer-{index}.safetensors");
}
