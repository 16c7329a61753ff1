namespace Zapping.Training;

/// <summary>
/// Evaluates all tasks whenever one ends: right before the boundary of the next one and its resets, so that what a reset takes away
/// is not counted as forgotten. The end of the last task is said by <see cref="Finish"/>, because no boundary follows it.
/// <code>
/// var observer = new TaskMatrixObserver(new TaskEvaluator(model, queries));
/// trainer.Observe(observer).Fit(stream);
/// observer.Finish();
/// var forgetting = observer.Accuracies.AverageForgetting();
/// </code>
/// </summary>
/// <remarks>The stream must come to the tasks in the order in which the evaluator has them, for the metrics of the accuracy matrix to be what they are called.</remarks>
/// <threadsafety>Not thread-safe; it is told on the training thread.</threadsafety>
public sealed class TaskMatrixObserver : ITrainingObserver
{
    private readonly TaskEvaluator _evaluator;
    private readonly BoundaryKind _every;
    private readonly List<TaskScores> _scores = [];
    private bool _taskIsOpen;

    /// <summary>Makes an observer.</summary>
    /// <param name="evaluator">Of the model that is trained.</param>
    /// <param name="every">The kind of boundary that begins a task; default <see cref="BoundaryKind.TaskBoundary"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An unknown kind.</exception>
    public TaskMatrixObserver(TaskEvaluator evaluator, BoundaryKind every = BoundaryKind.TaskBoundary)
    {
        ArgumentNullException.ThrowIfNull(evaluator);
        (_evaluator, _every) = Enum.IsDefined(every)
            ? (evaluator, every)
            : throw new ArgumentOutOfRangeException(nameof(every), every, "Unknown kind of boundary.");
    }

    /// <summary>What the model scored before the first task; <see langword="null"/> if that has not begun yet.</summary>
    public TaskScores? Baseline { get; private set; }

    /// <summary>What the model scored after each task.</summary>
    public IReadOnlyList<TaskScores> Scores => _scores.AsReadOnly();

    /// <summary>[evaluations, tasks]: accuracies after each task, with the baseline.</summary>
    /// <exception cref="InvalidOperationException">No task has ended yet.</exception>
    public AccuracyMatrix Accuracies => new(Matrix(scores => scores.Accuracies), Baseline?.Accuracies);

    /// <summary>[evaluations, tasks]: mean losses after each task.</summary>
    /// <exception cref="InvalidOperationException">No task has ended yet.</exception>
    public TaskMatrix Losses => new(Matrix(scores => scores.Losses));

    /// <summary>Says that the open task has ended, as after the last one, and evaluates.</summary>
    /// <exception cref="InvalidOperationException">None is open.</exception>
    public void Finish()
    {
        if (!_taskIsOpen)
        {
            throw new InvalidOperationException("No task is open: none has begun yet, or since the last one ended.");
        }

        _scores.Add(_evaluator.Evaluate());
        _taskIsOpen = false;
    }

    /// <inheritdoc/>
    public void OnBoundaryAhead(TrainingBoundary boundary)
    {
        ArgumentNullException.ThrowIfNull(boundary);
        if (boundary.Kind != _every)
        {
            return;
        }

        if (_taskIsOpen)
        {
            Finish();
        }

        Baseline ??= _evaluator.Evaluate();
        _taskIsOpen = true;
    }

    private double[,] Matrix(Func<TaskScores, IReadOnlyList<double>> values)
    {
        if (_scores.Count == 0)
        {
            throw new InvalidOperationException($"No task has ended yet. The end of the last one is said by {nameof(Finish)}.");
        }

        var matrix = new double[_scores.Count, _evaluator.TaskCount];
        for (var evaluation = 0; evaluation < _scores.Count; evaluation++)
        {
            for (var task = 0; task < _evaluator.TaskCount; task++)
            {
                matrix[evaluation, task] = values(_scores[evaluation])[task];
            }
        }

        return matrix;
    }
}
