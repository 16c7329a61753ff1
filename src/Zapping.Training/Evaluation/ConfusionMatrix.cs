namespace Zapping.Training.Evaluation;

/// <summary>
/// What examples are, and what they were taken for: entry [i, j] counts the examples of class i whose largest output is at unit j. The diagonal is what is right.
/// </summary>
/// <remarks>Classes that have no unit yet, as before a head grows, are rows without a column of their own.</remarks>
/// <threadsafety>Immutable.</threadsafety>
public sealed class ConfusionMatrix
{
    private const int PrintedClasses = 20;

    private readonly long[,] _counts;

    /// <summary>Makes a matrix of counts, which are copied.</summary>
    /// <param name="counts">[classes, units], each at least 0, with at least one class and one unit.</param>
    /// <param name="classNames">For printing, at least as many as there are classes; default: class ids.</param>
    /// <exception cref="ArgumentException">There is no class or no unit, or there are fewer names than classes or units.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public ConfusionMatrix(long[,] counts, IReadOnlyList<string>? classNames = null)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Length == 0)
        {
            throw new ArgumentException($"The matrix is [{counts.GetLength(0)}, {counts.GetLength(1)}]; it needs a class and a unit.", nameof(counts));
        }

        foreach (var count in counts)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(counts));
        }

        _counts = (long[,])counts.Clone();
        var named = Math.Max(ClassCount, UnitCount);
        if (classNames is not null && (classNames.Count < named || classNames.Any(name => name is null)))
        {
            throw new ArgumentException($"There are {classNames.Count} names for {named} classes; each needs one.", nameof(classNames));
        }

        ClassNames = classNames is null ? null : Array.AsReadOnly(classNames.ToArray());
    }

    /// <summary>Classes, the rows; at least 1.</summary>
    public int ClassCount => _counts.GetLength(0);

    /// <summary>Units of the classifier, the columns; at least 1.</summary>
    public int UnitCount => _counts.GetLength(1);

    /// <summary>By which the matrix is printed; <see langword="null"/> if classes go by their ids.</summary>
    public IReadOnlyList<string>? ClassNames { get; }

    /// <summary>How many examples of a class were taken for another, or for itself.</summary>
    /// <param name="trueClass">What they are, from 0.</param>
    /// <param name="predictedClass">What they were taken for, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
    public long this[int trueClass, int predictedClass]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(trueClass);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(trueClass, ClassCount);
            ArgumentOutOfRangeException.ThrowIfNegative(predictedClass);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(predictedClass, UnitCount);
            return _counts[trueClass, predictedClass];
        }
    }

    /// <summary>A copy of the counts, [true class, predicted class].</summary>
    public long[,] ToArray() => (long[,])_counts.Clone();

    /// <summary>The most frequent mistakes, the most frequent first; of equally frequent ones the lower class ids first.</summary>
    /// <param name="count">How many at most, at least 1.</param>
    public IReadOnlyList<Confusion> MostFrequent(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return [.. All().Where(mistake => mistake.TrueClass != mistake.PredictedClass && mistake.Count > 0).OrderByDescending(mistake => mistake.Count).Take(count)];
    }

    /// <summary>A table with the true classes as rows and the predicted ones as columns, or, of more than 20 classes or units, of the 20 most frequent mistakes.</summary>
    public override string ToString()
    {
        if (Math.Max(ClassCount, UnitCount) <= PrintedClasses)
        {
            return Table().ToText();
        }

        var mistakes = new TextTable("true", "predicted", "examples");
        foreach (var (trueClass, predictedClass, count) in MostFrequent(PrintedClasses))
        {
            mistakes.Add(NameOf(trueClass), NameOf(predictedClass), count);
        }

        return mistakes.ToText();
    }

    /// <summary>The table in Markdown, of any number of classes.</summary>
    public string ToMarkdown() => Table().ToMarkdown();

    /// <summary>The table as comma-separated values with a header, of any number of classes.</summary>
    public string ToCsv() => Table().ToCsv();

    private TextTable Table()
    {
        var table = new TextTable(["true", .. Enumerable.Range(0, UnitCount).Select(NameOf)]);
        for (var row = 0; row < ClassCount; row++)
        {
            var trueClass = row;
            table.Add([NameOf(row), .. Enumerable.Range(0, UnitCount).Select(unit => (TextTable.Cell)_counts[trueClass, unit])]);
        }

        return table;
    }

    private IEnumerable<Confusion> All() =>
        Enumerable.Range(0, ClassCount).SelectMany(row => Enumerable.Range(0, UnitCount).Select(unit => new Confusion(row, unit, _counts[row, unit])));

    private string NameOf(int classId) => TextTable.NameOf(ClassNames, classId);
}
