using System.Globalization;
using Zapping.Training.Evaluation;

namespace Zapping.Continual.Tasks;

/// <summary>What a learner knew after each task, and what it cost. Accuracies are fractions from 0 to 1.</summary>
/// <param name="Matrix">[evaluations, tasks]: accuracy on the queries of each task after each task, those that are still to come included.</param>
/// <param name="SeenAccuracies">A_t: accuracy after task t on the queries of all tasks up to it, each query counting alike.</param>
/// <param name="Seconds">What learning each task took, without evaluation.</param>
/// <param name="MemoryBytes">What the learner kept after each task, beside the model.</param>
public sealed record IncrementalResult(AccuracyMatrix Matrix, IReadOnlyList<double> SeenAccuracies, IReadOnlyList<double> Seconds, IReadOnlyList<long> MemoryBytes)
{
    /// <summary>Last accuracy, A_T: on the queries of all tasks after the last one.</summary>
    public double Last => SeenAccuracies[^1];

    /// <summary>Average incremental accuracy: the mean of A_1 to A_T. It is not the last accuracy, with which it is often confused.</summary>
    public double AverageIncremental => SeenAccuracies.Average();

    /// <summary>Mean over all tasks but the last of the best earlier accuracy minus the last one (<see cref="AccuracyMatrix.AverageForgetting"/>); 0 after one task.</summary>
    public double Forgetting => Matrix.EvaluationCount > 1 ? Matrix.AverageForgetting() : 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"last accuracy {Last:p1}, average incremental accuracy {AverageIncremental:p1}, forgetting {Forgetting:p1}, {Seconds.Sum():f1} s, {MemoryBytes[^1]} bytes kept");
}
