using Zapping.Continual.Tasks;
using Zapping.Training.Data;
using Zapping.Training.Initializers;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using static TorchSharp.torch;

namespace Zapping.Continual.Memory;

/// <summary>
/// Examples of classes that have been learned. "2,000 exemplars" means a fixed total in some papers and a fixed number of each class in others, which decides published numbers, so the budget is always said:
/// <see cref="Total"/> or <see cref="PerClass"/>.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class ExemplarMemory : ITrainingMemory, IDescribed, IDisposable
{
    private readonly int _budget;
    private readonly bool _isTotal;
    private readonly ulong _seed;
    private LabeledBatch? _data; // by class, then rank; a reservoir's by slot
    private int[] _labels = [];
    private long _seen;

    private ExemplarMemory(int budget, bool isTotal, ExemplarSelection selection, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(budget);
        if (!Enum.IsDefined(selection))
        {
            throw new ArgumentOutOfRangeException(nameof(selection), selection, "There is no such selection.");
        }

        (_budget, _isTotal, Selection, _seed) = (budget, isTotal, selection, seed);
    }

    /// <inheritdoc/>
    public string Name { get; init; } = "exemplars";

    /// <summary>Which examples are kept.</summary>
    public ExemplarSelection Selection { get; }

    /// <summary>How many examples there are.</summary>
    public int Count => _labels.Length;

    /// <summary>The classes that have examples, by their ids.</summary>
    public IReadOnlyList<int> Classes => [.. _labels.Distinct().Order()];

    /// <summary>
    /// The examples, by class and then by rank, the first chosen first; those of a <see cref="ExemplarSelection.Reservoir"/> as they lie. The tensors are the memory's own, and valid until it changes.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is empty.</exception>
    public LabeledBatch Data => _data ?? throw new InvalidOperationException("The memory has no example.");

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["budget"] = _budget,
        ["is_total"] = _isTotal,
        ["selection"] = Selection,
        ["seed"] = _seed,
    };

    private bool IsReservoir => _isTotal && Selection == ExemplarSelection.Reservoir;

    /// <summary>A fixed total: each class has as many examples as the total divided by the number of classes, so early classes lose some as others come. Convention of equal tasks (B0).</summary>
    /// <param name="examples">The total, at least 1, and at least as many as classes come.</param>
    /// <param name="selection">Which examples are kept.</param>
    /// <param name="seed">Seed of what is chosen at random; default 0.</param>
    public static ExemplarMemory Total(int examples, ExemplarSelection selection, ulong seed = 0) => new(examples, true, selection, seed);

    /// <summary>A fixed number of each class, so that the memory grows. Convention of half of the classes first (B50).</summary>
    /// <param name="examples">Of each class, at least 1; all where there are no more.</param>
    /// <param name="selection">Which examples are kept.</param>
    /// <param name="seed">Seed of what is chosen at random; default 0.</param>
    public static ExemplarMemory PerClass(int examples, ExemplarSelection selection, ulong seed = 0) => new(examples, false, selection, seed);

    /// <summary>Refuses a task that <see cref="Update"/> could not take.</summary>
    /// <param name="task">The task.</param>
    /// <exception cref="ArgumentException">The budget is smaller than the number of classes would be, the examples are of another shape or type, or a class is kept already.</exception>
    public void EnsureTakes(IncrementalTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Classes.FirstOrDefault(id => Array.IndexOf(_labels, id) >= 0, -1) is var known and >= 0)
        {
            throw new ArgumentException($"Class {known} of task {task.Index} is kept already: each class comes once.", nameof(task));
        }

        if (_isTotal && Classes.Count + task.Classes.Count is var classes && classes > _budget)
        {
            throw new ArgumentException(
                $"With task {task.Index} there are {classes} classes, and the memory has room for {_budget} examples, which is less than one of each: give {nameof(Total)} more.", nameof(task));
        }

        if (_data is { } own && (!own.Inputs.shape.AsSpan(1).SequenceEqual(task.Data.Inputs.shape.AsSpan(1)) || own.Inputs.dtype != task.Data.Inputs.dtype))
        {
            throw new ArgumentException(
                $"The memory has inputs [n, {string.Join(", ", own.Inputs.shape[1..])}] of type {own.Inputs.dtype}, and task {task.Index} has inputs [{string.Join(", ", task.Data.Inputs.shape)}] of type {task.Data.Inputs.dtype}.",
                nameof(task));
        }
    }

    /// <summary>Takes examples of a task that has been learned, and lets go of others where the budget says so; those of the highest ranks go.</summary>
    /// <param name="task">The task.</param>
    /// <param name="features">Maps inputs [n, …] to features [n, d] in a new tensor, which is disposed of; needed by <see cref="ExemplarSelection.Herding"/> and <see cref="ExemplarSelection.ClosestToMean"/>, else unused.</param>
    /// <exception cref="ArgumentException">As <see cref="EnsureTakes"/> says, there are no features, or they are not finite. Then nothing has been changed.</exception>
    public void Update(IncrementalTask task, Func<Tensor, Tensor>? features = null)
    {
        EnsureTakes(task);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var labels = LabeledExamples.ClassesOf(task.Data, nameof(task));
        var all = _data is { } own ? new LabeledBatch(cat([own.Inputs, task.Data.Inputs.detach()]), cat([own.Labels, task.Data.Labels])) : task.Data.Map(values => values.detach());
        int[] rows = IsReservoir ? Slots(labels.Length) : [.. Ranked(task, labels, features)];
        var kept = LabeledExamples.Rows(all, Array.ConvertAll(rows, row => (long)row)).Keep();
        int[] ids = [.. _labels, .. labels];
        _data?.Free();
        _data = kept;
        _labels = Array.ConvertAll(rows, row => ids[row]);
        _seen += labels.Length;
    }

    /// <summary>Some examples, without repetition.</summary>
    /// <param name="count">How many, at least 0; all if there are no more.</param>
    /// <param name="draw">Which draw it is, such as the number of the step.</param>
    /// <returns>New tensors in the current dispose scope.</returns>
    /// <exception cref="InvalidOperationException">It is empty.</exception>
    public LabeledBatch Sample(int count, long draw)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var chosen = new ResetNoise(_seed, draw, "exemplars").Choose(Math.Min(count, Count), Count);
        return LabeledExamples.Rows(Data, Array.ConvertAll(chosen, row => (long)row));
    }

    /// <summary>The examples of a task, and behind them those of before.</summary>
    /// <param name="task">Inputs [n, …] and labels [n].</param>
    /// <returns>New tensors in the current dispose scope.</returns>
    public LabeledBatch With(LabeledBatch task) => _data is { } own
        ? new LabeledBatch(cat([task.Inputs, own.Inputs]), cat([task.Labels, own.Labels]))
        : task.Map(values => values.alias());

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() =>
        _data is { } own ? [new("inputs", own.Inputs), new("labels", own.Labels), new("seen", tensor(new[] { _seen }))] : [];

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        var (inputs, labels, seen) = (saved.GetValueOrDefault("inputs"), saved.GetValueOrDefault("labels"), saved.GetValueOrDefault("seen"));
        if (saved.Count > 0 && (inputs is null || labels is null || seen is null || labels.dtype != ScalarType.Int64 || labels.dim() != 1 || inputs.dim() == 0 || inputs.size(0) != labels.size(0)))
        {
            throw new InvalidDataException("its exemplars are not what a memory saves.");
        }

        _data?.Free();
        (_data, _labels, _seen) = (null, [], 0);
        if (inputs is not null)
        {
            _data = new LabeledBatch(inputs, labels!).Map(values => values.clone()).Keep();
            _labels = LabeledExamples.ClassesOf(_data.Value, nameof(saved));
            _seen = seen!.data<long>().ToArray()[0];
        }
    }

    /// <summary>Frees the examples.</summary>
    public void Dispose()
    {
        _data?.Free();
        (_data, _labels) = (null, []);
    }

    private int[] Slots(int more)
    {
        List<int> slots = [.. Enumerable.Range(0, Count)];
        for (var i = 0; i < more; i++)
        {
            var seen = _seen + i;
            if (slots.Count < _budget)
            {
                slots.Add(Count + i);
            }
            else if (new ResetNoise(_seed, seen, "reservoir").Choose(1, checked((int)(seen + 1)))[0] is var slot && slot < _budget)
            {
                slots[slot] = Count + i;
            }
        }

        return [.. slots];
    }

    // Rows of what is kept, and then of the task, by class and rank.
    private IEnumerable<int> Ranked(IncrementalTask task, int[] labels, Func<Tensor, Tensor>? features)
    {
        var most = _isTotal ? _budget / (Classes.Count + task.Classes.Count) : _budget;
        var rows = new SortedDictionary<int, int[]>();
        foreach (var id in Classes)
        {
            rows[id] = [.. Enumerable.Range(0, Count).Where(row => _labels[row] == id).Take(most)];
        }

        foreach (var id in task.Classes)
        {
            int[] own = [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] == id)];
            rows[id] = Array.ConvertAll(Chosen(task, id, own, Math.Min(most, own.Length), features), place => Count + own[place]);
        }

        return rows.Values.SelectMany(own => own);
    }

    private int[] Chosen(IncrementalTask task, int id, int[] rows, int count, Func<Tensor, Tensor>? features)
    {
        if (Selection is ExemplarSelection.Random or ExemplarSelection.Reservoir)
        {
            return new ResetNoise(_seed, id, "selection").Permutation(rows.Length)[..count];
        }

        if (features is null)
        {
            throw new ArgumentException($"{Selection} looks at features: say what maps inputs to them, such as {nameof(Training.Heads.FeatureEncoder)}.", nameof(features));
        }

        using var scope = NewDisposeScope();
        using var encoded = features(LabeledExamples.Rows(task.Data, Array.ConvertAll(rows, row => (long)row)).Inputs);
        FiniteFeatures.Ensure(encoded, rows.Length, $"class {id}");
        return Selection == ExemplarSelection.Herding ? Herding.Order(encoded, count) : Herding.Closest(encoded, count);
    }
}
