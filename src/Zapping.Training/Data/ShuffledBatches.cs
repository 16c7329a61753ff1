using Zapping.Training.Resuming;
using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>
/// Batches of a data set that fits into memory, in an order that is a function of (seed, epoch) alone. The last
/// batch of an epoch is smaller if the sizes do not divide.
/// </summary>
public sealed class ShuffledBatches : IBatchSource, IScopedBatches, ISizedBatches, IDescribed
{
    private readonly Tensor _inputs;
    private readonly Tensor _labels;
    private readonly int _count;
    private readonly ulong _seed;
    private IReadOnlyList<long>? _classes;
    private IReadOnlyDictionary<string, object?>? _description;

    /// <summary>Makes a source over tensors that stay the caller's to dispose of.</summary>
    /// <param name="inputs">[n, …].</param>
    /// <param name="labels">[n] class ids as 64-bit integers, or [n, …] of what a loss of your own expects; on the same device.</param>
    /// <param name="batchSize">Examples per step, at least 1.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <exception cref="ArgumentException">The tensors do not fit together, or are empty.</exception>
    public ShuffledBatches(Tensor inputs, Tensor labels, int batchSize, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (labels.dim() < 1 || inputs.dim() < 1 || inputs.shape[0] != labels.shape[0] || labels.shape[0] == 0)
        {
            throw new ArgumentException(
                $"Inputs [{string.Join(", ", inputs.shape)}] and labels [{string.Join(", ", labels.shape)}] must be "
                + "[n, …] with one n of at least 1.",
                nameof(labels));
        }

        _inputs = inputs;
        _labels = labels;
        _count = checked((int)labels.shape[0]);
        _seed = seed;
        BatchSize = batchSize;
    }

    /// <summary>Examples per step.</summary>
    public int BatchSize { get; }

    /// <inheritdoc/>
    public long? BatchesPerEpoch => ((long)_count + BatchSize - 1) / BatchSize;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => _description ??= new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["inputs"] = DataText.Of(_inputs),
        ["labels"] = DataText.Of(_labels),
        ["batch_size"] = BatchSize,
        ["seed"] = _seed,
    };

    LabeledBatch ISizedBatches.Examples => new(_inputs, _labels);

    IReadOnlyList<long>? ISizedBatches.ClassIds => _labels.dim() == 1 && _labels.dtype == ScalarType.Int64 ? _classes ??= ClassIdsOf(_labels) : null;

    IEnumerable<long> ISizedBatches.Sizes => BatchSizes.Of(_count, BatchSize);

    /// <inheritdoc/>
    public IEnumerable<LabeledBatch> Epoch(long epoch, long firstBatch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        return Batches(epoch, firstBatch);
    }

    private IEnumerable<LabeledBatch> Batches(long epoch, long firstBatch)
    {
        // Copied to the data's device once: a copy for each batch would have the device wait each time. It outlives the
        // steps, and so their dispose scopes.
        using var order = tensor(RowOrder.Shuffled(_seed, epoch, _count), device: _inputs.device).DetachFromDisposeScope();
        for (var batch = firstBatch; batch < BatchesPerEpoch; batch++)
        {
            yield return Take(order, (int)batch * BatchSize);
        }
    }

    private static IReadOnlyList<long> ClassIdsOf(Tensor labels)
    {
        using var onCpu = labels.cpu();
        return [.. onCpu.data<long>().Distinct().Order()];
    }

    private LabeledBatch Take(Tensor order, int start)
    {
        var indices = order.narrow(0, start, Math.Min(BatchSize, _count - start));
        return new LabeledBatch(_inputs.index_select(0, indices), _labels.index_select(0, indices)) { Indices = indices };
    }
}
