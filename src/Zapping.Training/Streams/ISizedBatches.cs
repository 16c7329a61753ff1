using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>A source that knows the sizes of its batches beforehand.</summary>
internal interface ISizedBatches
{
    /// <summary>[n, …], n at least 1: examples like those of the batches, on their device.</summary>
    Tensor Examples { get; }

    /// <summary>The sizes that occur.</summary>
    IEnumerable<long> Sizes { get; }
}
