using static TorchSharp.torch;
using static TorchSharp.torch.utils.data;

namespace Zapping.Training.Data;

/// <summary>Sources made of what one has: rows by number, a <c>Dataset</c> of TorchSharp, or a stream without an end. All can be prefetched.</summary>
public static class BatchSource
{
    /// <summary>Batches of rows that are read by their numbers, as from files that are larger than memory.</summary>
    /// <typeparam name="TBatch">What a step reads.</typeparam>
    /// <param name="count">How many rows there are, at least 1.</param>
    /// <param name="batchSize">Rows of a batch, at least 1; the last of an epoch takes what is left.</param>
    /// <param name="read">
    /// Reads the rows of these numbers (0 to count - 1), in this order. It is called once a batch, on the thread that asks for it, in the dispose scope that ends with the step: tensors that it keeps for later
    /// are taken out of the scope (<c>DetachFromDisposeScope</c>). The same numbers give the same batch.
    /// </param>
    /// <param name="seed">Seed of the order, which is a function of (seed, epoch) alone; null: the rows come in their order. Default 0.</param>
    public static IBatchSource<TBatch> FromIndices<TBatch>(int count, int batchSize, Func<IReadOnlyList<long>, TBatch> read, ulong? seed = 0) =>
        new IndexedBatches<TBatch>(count, batchSize, read, seed);

    /// <summary>Like <see cref="FromIndices{TBatch}"/>, of inputs and labels.</summary>
    /// <param name="count">How many rows there are, at least 1.</param>
    /// <param name="batchSize">Rows of a batch, at least 1; the last of an epoch takes what is left.</param>
    /// <param name="read">As there. Where its batch has no <see cref="LabeledBatch.Indices"/>, it gets the numbers.</param>
    /// <param name="seed">Seed of the order; null: the rows come in their order. Default 0.</param>
    public static IBatchSource FromIndices(int count, int batchSize, Func<IReadOnlyList<long>, LabeledBatch> read, ulong? seed = 0) =>
        new IndexedLabeledBatches(count, batchSize, read, seed);

    /// <summary>Batches of a data set of TorchSharp, such as <c>torchvision.datasets.MNIST</c>.</summary>
    /// <param name="dataset">It stays the caller's to dispose of. It is read by several threads only if it is prefetched.</param>
    /// <param name="batchSize">Rows of a batch, at least 1; the last of an epoch takes what is left.</param>
    /// <param name="seed">Seed of the order; null: the rows come in their order. Default 0.</param>
    /// <param name="inputs">Key of a row's inputs; default "data".</param>
    /// <param name="labels">Key of a row's label; default "label".</param>
    /// <param name="device">Where the batches are to be; default: where the rows are.</param>
    public static IBatchSource FromDataset(
        Dataset dataset, int batchSize, ulong? seed = 0, string inputs = "data", string labels = "label", Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return FromIndices(checked((int)dataset.Count), batchSize, numbers => DatasetRows.Read(dataset, numbers, inputs, labels, device), seed);
    }

    /// <summary>Batches that come without an end, or but once. Such a source cannot go back: a resumed run gets what comes next.</summary>
    /// <typeparam name="TBatch">What a step reads.</typeparam>
    /// <param name="stream">Read on the thread that asks for batches, which waits for them. What it yields is given away: it does not use it again.</param>
    /// <param name="batchesPerEpoch">After how many batches an epoch ends, at least 1; it ends earlier if the stream does. An epoch without a batch is refused (<see cref="InvalidOperationException"/>).</param>
    public static IBatchSource<TBatch> FromStream<TBatch>(IAsyncEnumerable<TBatch> stream, long batchesPerEpoch) => new StreamedBatches<TBatch>(stream, batchesPerEpoch);

    /// <summary>Like <see cref="FromStream{TBatch}"/>, of inputs and labels.</summary>
    /// <param name="stream">As there.</param>
    /// <param name="batchesPerEpoch">After how many batches an epoch ends, at least 1; it ends earlier if the stream does.</param>
    public static IBatchSource FromStream(IAsyncEnumerable<LabeledBatch> stream, long batchesPerEpoch) => new StreamedLabeledBatches(stream, batchesPerEpoch);
}
