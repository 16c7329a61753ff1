using Zapping.Training.Resuming;
using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>What <see cref="BatchSource.FromIndices{TBatch}"/> returns.</summary>
internal class IndexedBatches<TBatch> : IBatchSource<TBatch>, IScopedBatches, IDescribed
{
    private readonly int _count;
    private readonly int _batchSize;
    private readonly Func<IReadOnlyList<long>, TBatch> _read;
    private readonly ulong? _seed;

    public IndexedBatches(int count, int batchSize, Func<IReadOnlyList<long>, TBatch> read, ulong? seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentNullException.ThrowIfNull(read);
        (_count, _batchSize, _read, _seed) = (count, batchSize, read, seed);
    }

    public long? BatchesPerEpoch => ((long)_count + _batchSize - 1) / _batchSize;

    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["type"] = "IndexedBatches",
        ["count"] = _count,
        ["batch_size"] = _batchSize,
        ["seed"] = _seed,
    };

    public IEnumerable<TBatch> Epoch(long epoch, long firstBatch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        return Batches(epoch, firstBatch);
    }

    private IEnumerable<TBatch> Batches(long epoch, long firstBatch)
    {
        var order = _seed is { } seed ? RowOrder.Shuffled(seed, epoch, _count) : [.. Enumerable.Range(0, _count).Select(row => (long)row)];
        for (var start = firstBatch * _batchSize; start < _count; start += _batchSize)
        {
            yield return _read(new ArraySegment<long>(order, (int)start, (int)Math.Min(_batchSize, _count - start)));
        }
    }
}

/// <summary>The same of inputs and labels.</summary>
internal sealed class IndexedLabeledBatches(int count, int batchSize, Func<IReadOnlyList<long>, LabeledBatch> read, ulong? seed)
    : IndexedBatches<LabeledBatch>(count, batchSize, numbers => Numbered(read(numbers), numbers), seed), IBatchSource
{
    private static LabeledBatch Numbered(LabeledBatch batch, IReadOnlyList<long> numbers) =>
        batch.Indices is null ? batch with { Indices = tensor(numbers.ToArray(), device: batch.Inputs.device) } : batch;
}
