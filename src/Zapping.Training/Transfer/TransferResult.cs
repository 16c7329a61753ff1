namespace Zapping.Training;

/// <summary>What a transfer showed.</summary>
/// <param name="Evaluations">In the order in which they were made; at least one.</param>
public sealed record TransferResult(IReadOnlyList<TransferEvaluation> Evaluations)
{
    /// <summary>The evaluation at the end.</summary>
    public TransferEvaluation Final => Evaluations[^1];
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
