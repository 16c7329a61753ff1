using Zapping.Training.Data;
using Zapping.Training.Resuming;
using static TorchSharp.torch;

namespace Zapping.Training.Rehearsal;

/// <summary>Keeps the last examples of each class, as many of each, and so grows with the classes (a ring buffer per class, as by Lopez-Paz and Ranzato, "Gradient Episodic Memory", 2017).</summary>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class RingBuffer : IReplayBuffer, IDescribed, IDisposable
{
    private const string Counts = "classes";

    private readonly ExampleStore _store = new();
    private readonly int _perClass;
    private readonly ulong _seed;
    private readonly SortedDictionary<long, Ring> _rings = [];

    /// <summary>Makes an empty buffer.</summary>
    /// <param name="examplesPerClass">How many examples of each class it keeps, at least 1.</param>
    /// <param name="seed">Seed of what is drawn from it; default 0.</param>
    public RingBuffer(int examplesPerClass, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(examplesPerClass);
        (_perClass, _seed) = (examplesPerClass, seed);
    }

    /// <inheritdoc/>
    public string Name { get; init; } = "replay";

    /// <inheritdoc/>
    public int Count => _store.Count;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal) { ["per_class"] = _perClass, ["seed"] = _seed };

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
        var (rows, next) = (new Dictionary<int, int>(), _store.Count);
        for (var row = 0; row < labels.Length; row++)
        {
            var ring = _rings.TryGetValue(labels[row], out var known) ? known : _rings[labels[row]] = new Ring();
            var place = (int)(ring.Seen++ % _perClass);
            if (place == ring.Slots.Count)
            {
                ring.Slots.Add(next++);
            }

            rows[ring.Slots[place]] = row;
        }

        _store.Write(batch, rows);
    }

    /// <inheritdoc/>
    public LabeledBatch Sample(int count, long draw) => BufferDraw.Of(_store, count, _seed, draw);

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() =>
        [.. _store.Save(), new(Counts, tensor(_rings.SelectMany(own => new[] { own.Key, own.Value.Seen }).ToArray()).reshape(-1, 2))];

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        if (!saved.TryGetValue(Counts, out var counts) || counts.dtype != ScalarType.Int64 || counts.shape is not [_, 2])
        {
            throw new InvalidDataException($"its replay buffer lacks the table '{Counts}'.");
        }

        _store.Load(saved, checked(_perClass * (int)Math.Max(1, counts.size(0))));
        _rings.Clear();
        var numbers = counts.data<long>().ToArray();
        for (var i = 0; i < numbers.Length; i += 2)
        {
            _rings[numbers[i]] = new Ring { Seen = numbers[i + 1] };
        }

        var labels = saved.TryGetValue("labels", out var own) ? own.data<long>().ToArray() : [];
        for (var slot = 0; slot < labels.Length; slot++) // a class's slots were dealt out in order
        {
            _rings[labels[slot]].Slots.Add(slot);
        }
    }

    /// <summary>Frees the examples.</summary>
    public void Dispose() => _store.Dispose();

    private sealed class Ring
    {
        public long Seen { get; set; }

        public List<int> Slots { get; } = [];
    }
}
