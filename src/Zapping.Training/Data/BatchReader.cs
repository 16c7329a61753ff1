using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>
/// Reads the batches of a source one by one. Sources of the library make each in the caller's dispose scope, at the end of which it is freed at once. What another source makes may be
/// in use until the enumeration ends, and the source alone knows: so it is kept out of every scope, and the garbage collector frees what is not reachable any more.
/// </summary>
internal sealed class BatchReader<TBatch> : IDisposable
{
    private readonly IEnumerator<TBatch> _batches;
    private readonly bool _isScoped;

    public BatchReader(IBatchSource<TBatch> source, long epoch, long firstBatch)
    {
        _isScoped = source is IScopedBatches;
        _batches = _isScoped ? source.Epoch(epoch, firstBatch).GetEnumerator() : Unscoped(() => source.Epoch(epoch, firstBatch).GetEnumerator());
    }

    /// <summary>All batches of an epoch; each is to be asked for in the dispose scope that ends with it.</summary>
    public static IEnumerable<TBatch> All(IBatchSource<TBatch> source, long epoch)
    {
        using var reader = new BatchReader<TBatch>(source, epoch, 0);
        while (reader.TryRead(out var batch))
        {
            yield return batch;
        }
    }

    /// <summary>To be called in the dispose scope that ends with the batch.</summary>
    /// <param name="batch">The next batch.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryRead(out TBatch batch)
    {
        batch = default!;
        if (!(_isScoped ? _batches.MoveNext() : Unscoped(_batches.MoveNext)))
        {
            return false;
        }

        batch = _isScoped ? _batches.Current : AliasOf(_batches.Current);
        return true;
    }

    public void Dispose() => _batches.Dispose();

    // A batch of a type of one's own that tells nothing of its tensors is taken as it is.
    private static TBatch AliasOf(TBatch batch) => batch is IBatch<TBatch> mappable ? mappable.Map(tensor => tensor.alias()) : batch;

    private static TResult Unscoped<TResult>(Func<TResult> make)
    {
        using var scope = NewDisposeScope();
        var result = make();
        foreach (var made in scope.DisposablesView.ToArray())
        {
            scope.Detach(made);
            if (made is Tensor { IsInvalid: false } tensor)
            {
                NativePressure.Tell(tensor);
            }
        }

        return result;
    }
}
