namespace Zapping.Training;

/// <summary>What a transfer showed.</summary>
/// <param name="Evaluations">In the order in which they were made; at least one.</param>
public sealed record TransferResult(IReadOnlyList<TransferEvaluation> Evaluations)
{
    /// <summary>The evaluation at the end.</summary>
    public TransferEvaluation Final => Evaluations[^1];

    /// <summary>
    /// The accuracy matrix of a sequential transfer, from which average accuracy, forgetting and backward transfer are read. Task
    /// j is the classes that were learned between two evaluations; R[i, j] is their mean top-1 accuracy at evaluation i, NaN
    /// before they were learned.
    /// </summary>
    /// <param name="of">Of which examples; default: query.</param>
    /// <exception cref="InvalidOperationException">
    /// The evaluations are not of more and more classes, as in i.i.d. transfer, or support was not evaluated each time.
    /// </exception>
    public AccuracyMatrix ToAccuracyMatrix(TransferExamples of = TransferExamples.Query)
    {
        var ends = Evaluations.Select(evaluation => evaluation.ClassesSeen).ToArray();
        if (ends.Zip(ends.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new InvalidOperationException(
                $"The evaluations are of {string.Join(", ", ends)} classes. Tasks can be told only where each is of more than the one before, "
                + "as in sequential transfer.");
        }

        var matrix = new double[ends.Length, ends.Length];
        for (var i = 0; i < ends.Length; i++)
        {
            var accuracies = Of(Evaluations[i], of);
            for (var j = 0; j < ends.Length; j++)
            {
                var first = j == 0 ? 0 : ends[j - 1];
                matrix[i, j] = j > i ? double.NaN : Enumerable.Range(first, ends[j] - first).Average(accuracies.Of);
            }
        }

        return new AccuracyMatrix(matrix);
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
/// <param name="Steps">Optimisation steps made so far.</param>
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
    public double Of(int position) => (double)Hits[position] / Examples;
}

/// <summary>How far a transfer is.</summary>
/// <param name="Examples">Examples learned from.</param>
/// <param name="TotalExamples">Of how many.</param>
/// <param name="Latest">The newest evaluation, if there is one.</param>
public readonly record struct TransferProgress(long Examples, long TotalExamples, TransferEvaluation? Latest);
