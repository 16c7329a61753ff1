namespace Zapping.Training.Evaluation;

/// <summary>What a classifier said of each example, on the host.</summary>
internal sealed class ClassPredictions
{
    private const long MostEntries = 100_000_000;

    private readonly IReadOnlyDictionary<(int True, int Predicted), long> _counts;
    private readonly int _units;

    /// <param name="labels">[n], of which each must be a class id.</param>
    /// <param name="predicted">[n], below units.</param>
    /// <param name="units">How many outputs there are.</param>
    /// <param name="ranks">[n], how many units come before that of the class; empty if there is no k.</param>
    /// <param name="topK">Each k, at least 1.</param>
    /// <exception cref="ArgumentException">A label is no class id.</exception>
    public ClassPredictions(long[] labels, long[] predicted, long units, long[] ranks, IReadOnlyList<int> topK)
    {
        if (labels.Min() < 0 || labels.Max() >= int.MaxValue)
        {
            throw new ArgumentException($"Label {(labels.Min() < 0 ? labels.Min() : labels.Max())} is no class id: they count from 0 to {int.MaxValue - 1}.", nameof(labels));
        }

        _units = checked((int)units);
        _counts = labels.Zip(predicted).CountBy(pair => ((int)pair.First, (int)pair.Second)).ToDictionary(entry => entry.Key, entry => (long)entry.Value);
        PerClass =
        [
            .. from entry in _counts
               group entry by entry.Key.True into ofClass
               orderby ofClass.Key
               select new ClassScore(ofClass.Key, ofClass.Sum(entry => entry.Value), ofClass.Where(entry => entry.Key.Predicted == ofClass.Key).Sum(entry => entry.Value)),
        ];
        Accuracy = (double)PerClass.Sum(score => score.Hits) / labels.Length;
        TopK = topK.Distinct().ToDictionary(k => k, k => (double)labels.Zip(ranks).Count(pair => pair.First < units && pair.Second < k) / labels.Length);
    }

    public double Accuracy { get; }

    public IReadOnlyDictionary<int, double> TopK { get; }

    public IReadOnlyList<ClassScore> PerClass { get; }

    /// <exception cref="InvalidOperationException">It would be too large.</exception>
    public ConfusionMatrix Confusion(IReadOnlyList<string>? names)
    {
        var classes = Math.Max(_units, PerClass[^1].ClassId + 1);
        if ((long)classes * _units > MostEntries)
        {
            throw new InvalidOperationException($"A confusion matrix of [{classes}, {_units}] has more than {MostEntries} entries; {nameof(EvaluationResult.PerClass)} has the hits of each class.");
        }

        var counts = new long[classes, _units];
        foreach (var ((trueClass, predicted), count) in _counts)
        {
            counts[trueClass, predicted] = count;
        }

        return new ConfusionMatrix(counts, names);
    }
}
