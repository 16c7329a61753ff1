using Zapping.Training.Data;
using Zapping.Training.Randomness;
using Zapping.Training.Resuming;
using static TorchSharp.torch;

namespace Zapping.Training.Rehearsal;

/// <summary>
/// Keeps as many examples of each class as it can, each a uniform sample of its class, however unequal the classes are in the stream (Chrysakis and Moens, "Online Continual Learning from Imbalanced Data",
/// 2020, algorithm 1): while it is full, a new example of a small class takes the place of one of the largest class.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class ClassBalancedBuffer : IReplayBuffer, IDescribed, IDisposable
{
    private const string Counts = "classes";

    private readonly ExampleStore _store = new();
    private readonly int _capacity;
    private readonly ulong _seed;
    private readonly SortedDictionary<long, ClassCount> _classes = [];
    private readonly List<long> _classOfSlot = [];
    private long _seen;

    /// <summary>Makes an empty buffer.</summary>
    /// <param name="capacity">How many examples it keeps, at least 1.</param>
    /// <param name="seed">Seed of its choices; default 0.</param>
    public ClassBalancedBuffer(int capacity, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        (_capacity, _seed) = (capacity, seed);
    }

    /// <inheritdoc/>
    public string Name { get; init; } = "replay";

    /// <inheritdoc/>
    public int Count => _store.Count;

    /// <summary>How many examples it has of each class.</summary>
    public IReadOnlyDictionary<long, int> CountByClass => _classOfSlot.CountBy(id => id).ToDictionary(entry => entry.Key, entry => entry.Value);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal) { ["capacity"] = _capacity, ["seed"] = _seed };

    /// <inheritdoc/>
    public void EnsureTakes(LabeledBatch batch)
    {
        BufferDraw.EnsureClasses(batch);
        _store.EnsureFit(batch);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The labels are no class ids.</exception>
    public void Add(LabeledBatch batch)
    {
        var labels = BufferDraw.ClassesOf(batch);
        var choices = new RandomStream(StableHash.Mix(_seed, (ulong)_seen), "balanced");
        var rows = new Dictionary<int, int>();
        for (var row = 0; row < labels.Length; row++)
        {
            if (SlotFor(labels[row], choices) is { } slot)
            {
                rows[slot] = row;
            }
        }

        _store.Write(batch, rows);
        _seen += labels.Length;
    }

    /// <inheritdoc/>
    public LabeledBatch Sample(int count, long draw) => BufferDraw.Of(_store, count, _seed, draw);

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() =>
    [
        .. _store.Save(),
        new("seen", tensor(_seen)),
        new(Counts, tensor(_classes.SelectMany(own => new[] { own.Key, own.Value.Seen, own.Value.HasBeenLargest ? 1L : 0 }).ToArray()).reshape(-1, 3)),
    ];

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        var seen = BufferDraw.Number(saved, "seen");
        if (!saved.TryGetValue(Counts, out var counts) || counts.dtype != ScalarType.Int64 || counts.shape is not [_, 3])
        {
            throw new InvalidDataException($"its replay buffer lacks the table '{Counts}'.");
        }

        _store.Load(saved, _capacity);
        _seen = seen;
        _classes.Clear();
        var numbers = counts.data<long>().ToArray();
        for (var i = 0; i < numbers.Length; i += 3)
        {
            _classes[numbers[i]] = new ClassCount { Seen = numbers[i + 1], HasBeenLargest = numbers[i + 2] != 0 };
        }

        _classOfSlot.Clear();
        _classOfSlot.AddRange(saved.TryGetValue("labels", out var labels) ? labels.data<long>().ToArray() : []);
    }

    /// <summary>Frees the examples.</summary>
    public void Dispose() => _store.Dispose();

    private int? SlotFor(long label, RandomStream choices)
    {
        var own = _classes.TryGetValue(label, out var known) ? known : _classes[label] = new ClassCount();
        own.Seen++;
        if (_classOfSlot.Count < _capacity)
        {
            _classOfSlot.Add(label);
            return _classOfSlot.Count - 1;
        }

        var sizes = _classOfSlot.CountBy(id => id).ToDictionary(entry => entry.Key, entry => entry.Value);
        var most = sizes.Values.Max();
        foreach (var (id, _) in sizes.Where(size => size.Value == most))
        {
            _classes[id].HasBeenLargest = true;
        }

        if (!own.HasBeenLargest)
        {
            var largest = sizes.Where(size => size.Value == most).Select(size => size.Key).Order().ToList();
            return Replace(SlotsOf(largest[choices.Below(largest.Count)]), label, choices);
        }

        // a reservoir of the class's own
        var kept = sizes.GetValueOrDefault(label);
        return kept > 0 && choices.Below(checked((int)own.Seen)) < kept ? Replace(SlotsOf(label), label, choices) : null;
    }

    private List<int> SlotsOf(long label) => [.. Enumerable.Range(0, _classOfSlot.Count).Where(slot => _classOfSlot[slot] == label)];

    private int Replace(List<int> slots, long label, RandomStream choices)
    {
        var slot = slots[choices.Below(slots.Count)];
        _classOfSlot[slot] = label;
        return slot;
    }

    private sealed class ClassCount
    {
        public long Seen { get; set; }

        public bool HasBeenLargest { get; set; }
    }
}
