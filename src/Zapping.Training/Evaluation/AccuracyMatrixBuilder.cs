namespace Zapping.Training.Evaluation;

/// <summary>
/// Makes an <see cref="AccuracyMatrix"/> one measurement at a time. What is not added is <see cref="double.NaN"/>, which is "not measured", where a new array would say 0 %.
/// <code>
/// var builder = new AccuracyMatrixBuilder(tasks: 3);
/// builder.Add(evaluation: 0, task: 0, accuracy: 0.9);
/// Console.WriteLine(builder.Build());
/// </code>
/// </summary>
/// <threadsafety>Not thread-safe.</threadsafety>
public sealed class AccuracyMatrixBuilder
{
    private readonly Dictionary<(int Evaluation, int Task), double> _accuracies = [];
    private readonly Dictionary<int, double> _baseline = [];
    private readonly IReadOnlyList<string>? _names;
    private readonly int _tasks;

    /// <summary>Makes a builder for tasks that go by their numbers.</summary>
    /// <param name="tasks">How many, at least 1.</param>
    public AccuracyMatrixBuilder(int tasks)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tasks);
        _tasks = tasks;
    }

    /// <summary>Makes a builder for tasks with names.</summary>
    /// <param name="taskNames">At least one.</param>
    /// <exception cref="ArgumentException">There is none, or one is null.</exception>
    public AccuracyMatrixBuilder(IReadOnlyList<string> taskNames)
    {
        ArgumentNullException.ThrowIfNull(taskNames);
        _names = taskNames.Count == 0 ? throw new ArgumentException("There is no task.", nameof(taskNames)) : TextTable.EnsureNames(taskNames, taskNames.Count, "task");
        _tasks = taskNames.Count;
    }

    /// <summary>Says how good the model was on a task after another one was learned.</summary>
    /// <param name="evaluation">After which task, from 0. There are as many evaluations as the largest of them says.</param>
    /// <param name="task">On which task, from 0.</param>
    /// <param name="accuracy">A fraction from 0 to 1, or NaN for "not measured".</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task, the evaluation is negative, or the accuracy is no fraction.</exception>
    /// <exception cref="ArgumentException">That was added before.</exception>
    public AccuracyMatrixBuilder Add(int evaluation, int task, double accuracy)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(evaluation);
        Ensure(task, accuracy);
        return _accuracies.TryAdd((evaluation, task), accuracy)
            ? this
            : throw new ArgumentException($"The accuracy on task {task} after evaluation {evaluation} was added before.", nameof(task));
    }

    /// <summary>Says how good the untrained model is on a task, which <see cref="AccuracyMatrix.ForwardTransfer"/> needs.</summary>
    /// <param name="task">Which task, from 0.</param>
    /// <param name="accuracy">A fraction from 0 to 1, or NaN for "not measured".</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task, or the accuracy is no fraction.</exception>
    /// <exception cref="ArgumentException">That was added before.</exception>
    public AccuracyMatrixBuilder AddBaseline(int task, double accuracy)
    {
        Ensure(task, accuracy);
        return _baseline.TryAdd(task, accuracy) ? this : throw new ArgumentException($"The baseline of task {task} was added before.", nameof(task));
    }

    /// <summary>The matrix of what has been added so far. The builder may be used on.</summary>
    /// <exception cref="InvalidOperationException">Nothing has been added.</exception>
    public AccuracyMatrix Build()
    {
        if (_accuracies.Count == 0)
        {
            throw new InvalidOperationException($"No accuracy has been added yet; {nameof(Add)} does.");
        }

        var accuracies = new double[_accuracies.Keys.Max(key => key.Evaluation) + 1, _tasks];
        for (var i = 0; i < accuracies.Length; i++)
        {
            var (evaluation, task) = (i / _tasks, i % _tasks);
            accuracies[evaluation, task] = _accuracies.GetValueOrDefault((evaluation, task), double.NaN);
        }

        var baseline = Enumerable.Range(0, _tasks).Select(task => _baseline.GetValueOrDefault(task, double.NaN));
        return new AccuracyMatrix(accuracies, _baseline.Count > 0 ? [.. baseline] : null, _names);
    }

    private void Ensure(int task, double accuracy)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(task);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(task, _tasks);
        if (accuracy is < 0 or > 1)
        {
            throw new ArgumentOutOfRangeException(nameof(accuracy), accuracy, "Accuracies are fractions from 0 to 1, or NaN.");
        }
    }
}
