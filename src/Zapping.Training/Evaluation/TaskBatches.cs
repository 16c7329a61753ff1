using Zapping.Training.Data;
using static TorchSharp.torch;

namespace Zapping.Training.Evaluation;

/// <summary>What examples of tasks must be.</summary>
internal static class TaskBatches
{
    /// <exception cref="ArgumentException">There is no task, or one is no labeled batch.</exception>
    public static IReadOnlyList<LabeledBatch> Ensure(IReadOnlyList<LabeledBatch> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        if (tasks.Count == 0)
        {
            throw new ArgumentException("There is no task.", nameof(tasks));
        }

        for (var task = 0; task < tasks.Count; task++)
        {
            var (inputs, labels) = tasks[task];
            if (inputs is null || labels is null || inputs.dim() == 0 || labels.dim() != 1 || labels.dtype != ScalarType.Int64
                || labels.size(0) == 0 || inputs.size(0) != labels.size(0))
            {
                throw new ArgumentException(
                    $"Task {task} must have inputs [n, …] and class ids [n] of type Int64, n at least 1, but has [{Shape(inputs)}] "
                    + $"and [{Shape(labels)}] of type {labels?.dtype}.",
                    nameof(tasks));
            }
        }

        return [.. tasks];
    }

    private static string Shape(Tensor? tensor) => tensor is null ? "" : string.Join(", ", tensor.shape);
}
