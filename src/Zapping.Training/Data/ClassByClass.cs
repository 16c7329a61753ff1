using System.Globalization;
using TorchSharp;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>A task whose classes come one after another, each example once.</summary>
internal sealed record ClassByClass : Experience
{
    private const int RowsOfClass = 3;

    /// <param name="task">The classes.</param>
    /// <param name="batchSize">Examples per step, at least 1.</param>
    public ClassByClass(TrainingTask task, int batchSize)
        : base(new OneAfterAnother(task, batchSize))
    {
        (Task, BatchSize) = (task, batchSize);
        Classes = [.. task.Classes.Select(examples => examples.ClassId)];
    }

    public TrainingTask Task { get; }

    public int BatchSize { get; }

    internal override string Mark => string.Create(
        CultureInfo.InvariantCulture, $"[{string.Join(", ", Task.Classes.Select(examples => $"{examples.ClassId}: {examples.Inputs.shape[0]}"))}]");

    internal override string MarkVerb => "has classes and examples";

    internal override IEnumerable<ExperiencePart<LabeledBatch>> Parts =>
        Task.Classes.Select(examples => new ExperiencePart<LabeledBatch>(examples.ClassId, new ClassBatches(examples, BatchSize)));

    internal override Tensor MarkContents()
    {
        using var scope = NewDisposeScope();
        using Scalar factor = 31L;
        Tensor? sum = null;
        foreach (var examples in Task.Classes.Where(examples => examples.Inputs.shape is [> 0, ..]))
        {
            var mark = TensorMark.OfRows(examples.Inputs, RowsOfClass);
            sum = sum is null ? mark : sum.mul(factor).Plus(mark);
        }

        return (sum ?? zeros([], ScalarType.Int64)).DetachFromDisposeScope();
    }

    private sealed class OneAfterAnother(TrainingTask task, int batchSize) : IBatchSource, IScopedBatches
    {
        public long? BatchesPerEpoch => task.Classes.Sum(examples => new ClassBatches(examples, batchSize).BatchesPerEpoch);

        public IEnumerable<LabeledBatch> Epoch(long epoch, long firstBatch = 0) =>
            task.Classes.SelectMany(examples => new ClassBatches(examples, batchSize).Epoch(epoch)).Skip(checked((int)firstBatch));
    }
}
