using Zapping.Training.Resuming;

namespace Zapping.Training.Data;

/// <summary>What <see cref="BatchSource.FromStream{TBatch}"/> returns.</summary>
internal class StreamedBatches<TBatch> : IBatchSource<TBatch>, IDescribed
{
    private readonly long _batchesPerEpoch;
    private readonly Lazy<IAsyncEnumerator<TBatch>> _batches;

    public StreamedBatches(IAsyncEnumerable<TBatch> stream, long batchesPerEpoch)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchesPerEpoch);
        _batchesPerEpoch = batchesPerEpoch;
        _batches = new(() => stream.GetAsyncEnumerator()); // one for all epochs: it goes on where it was
    }

    public long? BatchesPerEpoch => _batchesPerEpoch;

    public IReadOnlyDictionary<string, object?> Description =>
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["type"] = "StreamedBatches", ["batches_per_epoch"] = _batchesPerEpoch };

    public IEnumerable<TBatch> Epoch(long epoch, long firstBatch = 0)
    {
        for (var batch = firstBatch; batch < _batchesPerEpoch; batch++)
        {
            if (!Wait(_batches.Value.MoveNextAsync()))
            {
                if (batch == firstBatch)
                {
                    throw new InvalidOperationException($"The stream has ended, and epoch {epoch} has no batch. Ask for fewer epochs, or end training by RequestStop.");
                }

                yield break;
            }

            yield return _batches.Value.Current;
        }
    }

    // The training thread has nothing else to do. Continuations run on threads of the pool, so none waits for this one.
    private static bool Wait(ValueTask<bool> next) => next.IsCompletedSuccessfully ? next.Result : next.AsTask().GetAwaiter().GetResult();
}

/// <summary>The same of inputs and labels.</summary>
internal sealed class StreamedLabeledBatches(IAsyncEnumerable<LabeledBatch> stream, long batchesPerEpoch) : StreamedBatches<LabeledBatch>(stream, batchesPerEpoch), IBatchSource;
