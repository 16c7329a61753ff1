using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>The examples of one class, in their order.</summary>
/// <param name="examples">They.</param>
/// <param name="batchSize">Examples per step, at least 1; the last batch takes what is left.</param>
internal sealed class ClassBatches(ClassExamples examples, int batchSize) : IBatchSource, IScopedBatches
{
    public long? BatchesPerEpoch => (examples.Inputs.size(0) + batchSize - 1) / batchSize;

    public IEnumerable<LabeledBatch> Epoch(long epoch, long firstBatch = 0)
    {
        var count = examples.Inputs.size(0);
        for (var start = firstBatch * batchSize; start < count; start += batchSize)
        {
            yield return Take(start, Math.Min(batchSize, count - start));
        }
    }

    private LabeledBatch Take(long start, long length)
    {
        using Scalar label = (long)examples.ClassId;
        return new LabeledBatch(examples.Inputs.narrow(0, start, length), full([length], label, ScalarType.Int64, examples.Inputs.device));
    }
}
