using Zapping.Training.Evaluation;

namespace Zapping.Training.Transfer;

/// <summary>What a transfer showed.</summary>
/// <param name="Evaluations">In the order in which they were made; at least one.</param>
public sealed record TransferResult(IReadOnlyList<TransferEvaluation> Evaluations)
{
    /// <summary>The evaluation at the end.</summary>
    public TransferEvaluation Final => Evaluations[^1];

    /// <summary>
    /// The accuracy matrix of a sequential transfer, from which average accuracy, forgetting and backward transfer are read. Task j
    /// is the j-th <paramref name="classesPerTask"/> classes of the order of presentation; R[i, j] is their mean top-1 accuracy when
    /// task i has been learned, NaN before they were learned.
    /// </summary>
    /// <remarks>
    /// The metrics count every task alike, as they are defined for tasks of equal size. So evaluations in between, such as the one
    /// after the first class, end no task and are passed over.
    /// </remarks>
    /// <param name="classesPerTask">Classes of a task, at least 1; the last task has those that are left.</param>
    /// <param name="of">Of which examples; default: query.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classesPerTask"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">
    /// The evaluations are not of more and more classes, as in i.i.d. transfer; there is none at the end of a task; or support was
    /// not evaluated there.
    /// </exception>
    public AccuracyMatrix ToAccuracyMatrix(int classesPerTask, TransferExamples of = TransferExamples.Query)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classesPerTask);
        EnsureSequential();
        var evaluations = EndsOfTasks(classesPerTask);
        var matrix = new double[evaluations.Count, evaluations.Count];
        for (var i = 0; i < evaluations.Count; i++)
        {
            var accuracies = Of(evaluations[i], of);
            for (var j = 0; j < evaluations.Count; j++)
            {
                var first = j * classesPerTask;
                matrix[i, j] = j > i ? double.NaN : Enumerable.Range(first, evaluations[j].ClassesSeen - first).Average(accuracies.ForClass);
            }
        }

        return new AccuracyMatrix(matrix);
    }

    private void EnsureSequential()
    {
        var seen = Evaluations.Select(evaluation => evaluation.ClassesSeen).ToArray();
        if (seen.Zip(seen.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new InvalidOperationException(
                $"The evaluations are of {string.Join(", ", seen)} classes. Tasks can be told only where each is of more than the one before, "
                + "as in sequential transfer.");
        }
    }

    private List<TransferEvaluation> EndsOfTasks(int classes)
    {
        var ends = new List<TransferEvaluation>();
        for (var end = classes; end < Final.ClassesSeen; end += classes)
        {
            ends.Add(Evaluations.FirstOrDefault(evaluation => evaluation.ClassesSeen == end) ?? throw new InvalidOperationException(
                $"There is no evaluation after {end} classes, where a task of {classes} ends; "
                + $"{nameof(SequentialTransferOptions.EvaluationPeriod)} says when there is one."));
        }

        return [.. ends, Final];
    }

    private static ClassAccuracies Of(TransferEvaluation evaluation, TransferExamples of) => of == TransferExamples.Query
        ? evaluation.Query
        : evaluation.Support ?? throw new InvalidOperationException(
            $"Support examples were not evaluated after {evaluation.ClassesSeen} classes; {nameof(TransferOptions.EvaluateSupport)} says when they are.");
}

/// <summary>Which examples of a class.</summary>
public enum TransferExamples
{
    /// <summary>Those that are only tested.</summary>
    Query,

    /// <summary>Those that are learned from.</summary>
    Support,
}

/// <summary>One evaluation.</summary>
/// <param name="Steps">Optimization steps made so far.</param>
/// <param name="ClassesSeen">Classes learned from so far, which are the ones that are evaluated: the first of the order of presentation.</param>
/// <param name="Query">On their query examples.</param>
/// <param name="Support">On their support examples; null if these were not evaluated.</param>
public sealed record TransferEvaluation(long Steps, int ClassesSeen, ClassAccuracies Query, ClassAccuracies? Support);

/// <summary>Accuracy class by class.</summary>
/// <param name="Examples">Examples of each class.</param>
/// <param name="Hits">For each class in the order of presentation, how many of its examples have the largest output at their class.</param>
/// <param name="TopFiveHits">The same, for the five largest outputs.</param>
public sealed record ClassAccuracies(int Examples, IReadOnlyList<int> Hits, IReadOnlyList<int> TopFiveHits)
{
    /// <summary>Top-1 accuracy as a fraction: the mean over classes.</summary>
    public double TopOne => (double)Hits.Sum() / (Hits.Count * (long)Examples);

    /// <summary>Top-5 accuracy as a fraction: the mean over classes.</summary>
    public double TopFive => (double)TopFiveHits.Sum() / (Hits.Count * (long)Examples);

    /// <summary>Top-1 accuracy of one class as a fraction.</summary>
    /// <param name="position">Its place in the order of presentation.</param>
    public double ForClass(int position) => (double)Hits[position] / Examples;
}

/// <summary>How far a transfer is.</summary>
/// <param name="Examples">Examples learned from.</param>
/// <param name="TotalExamples">Of how many.</param>
/// <param name="Latest">The newest evaluation, if there is one.</param>
public readonly record struct TransferProgress(long Examples, long TotalExamples, TransferEvaluation? Latest);
