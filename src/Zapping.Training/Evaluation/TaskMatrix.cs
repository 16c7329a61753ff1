namespace Zapping.Training.Evaluation;

/// <summary>
/// Numbers of tasks against tasks, such as the loss on task j after task i or how a step on task i changes the loss on task j. For
/// accuracies there is <see cref="AccuracyMatrix"/>, which knows what may be read off them.
/// </summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class TaskMatrix : IEquatable<TaskMatrix>
{
    private readonly double[,] _values;

    /// <summary>Makes a matrix of values, which are copied.</summary>
    /// <param name="values">[rows, tasks]; NaN where there is nothing.</param>
    /// <exception cref="ArgumentException">There is no row or no task.</exception>
    public TaskMatrix(double[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length == 0)
        {
            throw new ArgumentException($"The matrix is [{values.GetLength(0)}, {values.GetLength(1)}]; it needs a row and a task.", nameof(values));
        }

        _values = (double[,])values.Clone();
    }

    /// <summary>Rows; at least 1.</summary>
    public int RowCount => _values.GetLength(0);

    /// <summary>Tasks, the columns; at least 1.</summary>
    public int TaskCount => _values.GetLength(1);

    /// <summary>The value of a row and a task.</summary>
    /// <param name="row">i, from 0.</param>
    /// <param name="task">j, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
    public double this[int row, int task]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, RowCount);
            ArgumentOutOfRangeException.ThrowIfNegative(task);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(task, TaskCount);
            return _values[row, task];
        }
    }

    /// <summary>A copy of the values, [rows, tasks].</summary>
    public double[,] ToArray() => (double[,])_values.Clone();

    /// <summary>Whether all entries are the same; NaN equals NaN.</summary>
    /// <param name="other">Another matrix.</param>
    public bool Equals(TaskMatrix? other) =>
        other is not null && TaskCount == other.TaskCount && _values.Cast<double>().SequenceEqual(other._values.Cast<double>());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TaskMatrix);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(TaskCount);
        foreach (var value in _values)
        {
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <summary>A table with a row for each row and a column for each task; "-" for NaN.</summary>
    public override string ToString() => Table(null).ToText();

    /// <summary>The same table in Markdown.</summary>
    /// <param name="taskNames">[tasks]; default: their numbers. Rows go by them too.</param>
    /// <exception cref="ArgumentException">There is another number of names.</exception>
    public string ToMarkdown(IReadOnlyList<string>? taskNames = null) => Table(taskNames).ToMarkdown();

    /// <summary>The same table as comma-separated values with a header: numbers in full precision, and nothing for NaN.</summary>
    /// <param name="taskNames">[tasks]; default: their numbers. Rows go by them too.</param>
    /// <exception cref="ArgumentException">There is another number of names.</exception>
    public string ToCsv(IReadOnlyList<string>? taskNames = null) => Table(taskNames).ToCsv();

    private TextTable Table(IReadOnlyList<string>? names)
    {
        names = TextTable.EnsureNames(names, TaskCount, "task");
        var table = new TextTable(["row", .. Enumerable.Range(0, TaskCount).Select(task => TextTable.NameOf(names, task))]);
        for (var i = 0; i < RowCount; i++)
        {
            var row = i;
            table.Add([TextTable.NameOf(names, row), .. Enumerable.Range(0, TaskCount).Select(task => TextTable.Cell.Number(_values[row, task]))]);
        }

        return table;
    }
}
