using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>What a batch of one's own must tell so that it can be prefetched, taken in parts (gradient accumulation), and counted. <see cref="LabeledBatch"/> does.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IBatch<TSelf>
{
    /// <summary>How many examples it has; each tensor of the batch is [n, …] with this n.</summary>
    long Count { get; }

    /// <summary>The same batch of other tensors, for example on another device or of some rows.</summary>
    /// <param name="map">To be called once for each tensor of the batch.</param>
    TSelf Map(Func<Tensor, Tensor> map);

    /// <summary>Some examples of the batch.</summary>
    /// <param name="start">The first of them.</param>
    /// <param name="count">How many.</param>
    TSelf Slice(long start, long count) => Map(tensor => tensor.narrow(0, start, count));
}
