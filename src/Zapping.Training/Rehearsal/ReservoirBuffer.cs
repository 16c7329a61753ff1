using Zapping.Training.Data;
using Zapping.Training.Randomness;
using Zapping.Training.Resuming;
using static TorchSharp.torch;

namespace Zapping.Training.Rehearsal;

/// <summary>
/// Keeps a uniform sample of all examples that it was offered: each of them is in it with the same probability (Vitter, "Random Sampling with a Reservoir", 1985, algorithm R). What replay is usually tried with first.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class ReservoirBuffer : IReplayBuffer, IDescribed, IDisposable
{
    private const string Seen = "seen";

    private readonly ExampleStore _store = new();
    private readonly int _capacity;
    private readonly ulong _seed;
    private long _seen;

    /// <summary>Makes an empty buffer.</summary>
    /// <param name="capacity">How many examples it keeps, at least 1.</param>
    /// <param name="seed">Seed of its choices; default 0.</param>
    public ReservoirBuffer(int capacity, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        (_capacity, _seed) = (capacity, seed);
    }

    /// <inheritdoc/>
    public string Name { get; init; } = "replay";

    /// <inheritdoc/>
    public int Count => _store.Count;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal) { ["capacity"] = _capacity, ["seed"] = _seed };

    /// <inheritdoc/>
    public void EnsureTakes(LabeledBatch batch) => _store.EnsureFit(batch);

    /// <inheritdoc/>
    public void Add(LabeledBatch batch)
    {
        var choices = new RandomStream(StableHash.Mix(_seed, (ulong)_seen), "reservoir");
        var rows = new Dictionary<int, int>();
        var count = (int)batch.Count;
        for (var row = 0; row < count; row++)
        {
            var seen = _seen + row;
            var slot = seen < _capacity ? (int)seen : choices.Below(checked((int)(seen + 1)));
            if (slot < _capacity)
            {
                rows[slot] = row;
            }
        }

        _store.Write(batch, rows);
        _seen += count;
    }

    /// <inheritdoc/>
    public LabeledBatch Sample(int count, long draw) => BufferDraw.Of(_store, count, _seed, draw);

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() => [.. _store.Save(), new(Seen, tensor(_seen))];

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        var seen = BufferDraw.Number(saved, Seen);
        _store.Load(saved, _capacity);
        _seen = seen;
    }

    /// <summary>Frees the examples.</summary>
    public void Dispose() => _store.Dispose();
}
