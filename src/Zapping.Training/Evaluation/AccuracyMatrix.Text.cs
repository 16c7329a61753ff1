namespace Zapping.Training.Evaluation;

/// <content>How a matrix is read by people and by other programs.</content>
public sealed partial class AccuracyMatrix
{
    /// <summary>[tasks], as they were given; <see langword="null"/> if tasks go by their numbers.</summary>
    public IReadOnlyList<string>? TaskNames { get; private init; }

    /// <summary>The same numbers with names of the tasks.</summary>
    /// <param name="taskNames">[tasks], in the order of the columns; the rows go by them too.</param>
    /// <exception cref="ArgumentException">There is another number of names.</exception>
    public AccuracyMatrix WithTaskNames(params IReadOnlyList<string> taskNames)
    {
        ArgumentNullException.ThrowIfNull(taskNames);
        return new AccuracyMatrix(_accuracies, _baseline, taskNames);
    }

    /// <summary>A copy of the accuracies, [evaluations, tasks], NaN where nothing was measured.</summary>
    public double[,] ToArray() => (double[,])_accuracies.Clone();

    /// <summary>A table of percentages, one row for each evaluation; "-" where nothing was measured.</summary>
    public override string ToString() => Table().ToText();

    /// <summary>The same table in Markdown.</summary>
    public string ToMarkdown() => Table().ToMarkdown();

    /// <summary>The same table as comma-separated values with a header: fractions from 0 to 1 in full precision, and nothing where nothing was measured.</summary>
    public string ToCsv() => Table().ToCsv();

    private TextTable Table()
    {
        var table = new TextTable(["after", .. Enumerable.Range(0, TaskCount).Select(task => TextTable.NameOf(TaskNames, task))]);
        if (_baseline is not null)
        {
            table.Add(["(untrained)", .. _baseline.Select(accuracy => TextTable.Cell.Percent(accuracy))]);
        }

        for (var evaluation = 0; evaluation < EvaluationCount; evaluation++)
        {
            var row = evaluation;
            table.Add([TextTable.NameOf(TaskNames, row), .. Enumerable.Range(0, TaskCount).Select(task => TextTable.Cell.Percent(_accuracies[row, task]))]);
        }

        return table;
    }
}
