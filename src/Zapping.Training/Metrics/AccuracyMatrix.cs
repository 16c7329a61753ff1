namespace Zapping.Training;

/// <summary>
/// What a learner knew of each task after each task: R[i, j] is the accuracy on task j after task i has been learned, with
/// tasks counted from 0 in the order of learning. Metrics of continual learning are read off it.
/// </summary>
/// <remarks>
/// Entries that were not measured are <see cref="double.NaN"/>. A metric that needs such an entry throws and names it; one
/// that does not need it is not disturbed. If there are more evaluations than tasks, the last ones are after further training
/// on tasks learned before; if there are fewer, the last tasks have not been learned.
/// </remarks>
/// <threadsafety>Immutable.</threadsafety>
public sealed partial class AccuracyMatrix : IEquatable<AccuracyMatrix>
{
    private readonly double[,] _accuracies;
    private readonly double[]? _baseline;

    /// <summary>Makes a matrix of values, which are copied.</summary>
    /// <param name="accuracies">[evaluations, tasks], fractions from 0 to 1, or NaN where nothing was measured.</param>
    /// <param name="baseline">
    /// [tasks], accuracy of the untrained model on each task, likewise; needed for <see cref="ForwardTransfer"/> alone.
    /// </param>
    /// <exception cref="ArgumentException">There is no evaluation or no task, or the baseline has another number of tasks.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is no fraction.</exception>
    public AccuracyMatrix(double[,] accuracies, IReadOnlyList<double>? baseline = null)
    {
        ArgumentNullException.ThrowIfNull(accuracies);
        if (accuracies.Length == 0)
        {
            throw new ArgumentException(
                $"The matrix is [{accuracies.GetLength(0)}, {accuracies.GetLength(1)}]; it needs an evaluation and a task.", nameof(accuracies));
        }

        EvaluationCount = accuracies.GetLength(0);
        TaskCount = accuracies.GetLength(1);
        if (baseline is not null && baseline.Count != TaskCount)
        {
            throw new ArgumentException($"The baseline has {baseline.Count} tasks, the matrix {TaskCount}.", nameof(baseline));
        }

        _accuracies = (double[,])accuracies.Clone();
        _baseline = baseline is null ? null : [.. baseline];
        for (var task = 0; task < TaskCount; task++)
        {
            for (var evaluation = 0; evaluation < EvaluationCount; evaluation++)
            {
                EnsureFraction(_accuracies[evaluation, task], Name(evaluation, task), nameof(accuracies));
            }

            EnsureFraction(_baseline?[task] ?? 0, BaselineName(task), nameof(baseline));
        }
    }

    /// <summary>Evaluations, the rows; at least 1.</summary>
    public int EvaluationCount { get; }

    /// <summary>Tasks, the columns; at least 1.</summary>
    public int TaskCount { get; }

    /// <summary>Accuracy of the untrained model on each task, if it was given.</summary>
    public IReadOnlyList<double>? Baseline => _baseline?.AsReadOnly();

    /// <summary>R[i, j], or NaN where nothing was measured.</summary>
    /// <param name="evaluation">i, from 0.</param>
    /// <param name="task">j, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
    public double this[int evaluation, int task]
    {
        get
        {
            EnsureEvaluation(evaluation);
            EnsureTask(task);
            return _accuracies[evaluation, task];
        }
    }

    /// <summary>Whether all entries are the same; entries that were not measured equal each other.</summary>
    /// <param name="other">Another matrix.</param>
    public bool Equals(AccuracyMatrix? other) =>
        other is not null
        && TaskCount == other.TaskCount
        && _accuracies.Cast<double>().SequenceEqual(other._accuracies.Cast<double>())
        && (_baseline ?? []).SequenceEqual(other._baseline ?? []);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AccuracyMatrix);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(TaskCount);
        foreach (var accuracy in _accuracies)
        {
            hash.Add(accuracy);
        }

        return hash.ToHashCode();
    }

    private static string Name(int evaluation, int task) => $"R[{evaluation}, {task}]";

    private static string BaselineName(int task) => $"b[{task}]";

    private static void EnsureFraction(double value, string name, string parameter)
    {
        if (value is < 0 or > 1)
        {
            throw new ArgumentOutOfRangeException(parameter, value, $"{name} is {value}; accuracies are fractions from 0 to 1, or NaN.");
        }
    }

    private void EnsureEvaluation(int evaluation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(evaluation);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(evaluation, EvaluationCount);
    }

    private void EnsureTask(int task)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(task);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(task, TaskCount);
    }
}
