using Zapping.Training.Resuming;

namespace Zapping.Training.Evaluation;

/// <summary>
/// Evaluates all tasks whenever one ends, and before the resets of the next one, so that what a reset takes away is not counted as forgotten.
/// <code>
/// var observer = new TaskMatrixObserver(new TaskEvaluator(model, queries));
/// trainer.UseObserver(observer).Fit(experiences);
/// var forgetting = observer.Accuracies.AverageForgetting();
/// </code>
/// Where <see cref="BatchTrainer{TBatch}.BeginTask"/> says what begins, a task ends at the next one, and the last by <see cref="Finish"/>.
/// </summary>
/// <remarks>
/// <para>
/// Columns are in the order in which the stream comes to the tasks: where boundaries name classes, a task is the query set that has these; where they name none, the stream must
/// come to the tasks in the evaluator's order. Query sets of tasks that have not come yet are the last columns. A stream that comes to a task again before all have come, or to
/// one without a query set, is refused, as the metrics would not be what they are called.
/// </para>
/// <para>
/// Checkpoints hold what has been evaluated. An observer that is told of a run after its first task has begun, as by a resume from a checkpoint that does not know of it, gives scores,
/// but no matrix.
/// </para>
/// </remarks>
/// <threadsafety>Not thread-safe; it is told on the training thread.</threadsafety>
public sealed class TaskMatrixObserver : IStatefulTrainingObserver, IDescribed
{
    private readonly TaskEvaluator _evaluator;
    private readonly BoundaryKind _every;
    private readonly List<TaskScores> _scores = [];
    private readonly List<int> _columns = [];
    private bool _taskIsOpen;
    private bool _isLate;

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

    /// <summary>What the model scored before the first task that was seen, in the evaluator's order; <see langword="null"/> if none has begun yet.</summary>
    public TaskScores? Baseline { get; private set; }

    /// <summary>What the model scored after each task, in the evaluator's order of tasks.</summary>
    public IReadOnlyList<TaskScores> Scores => _scores.AsReadOnly();

    /// <summary>[evaluations, tasks]: accuracies after each task, with the baseline.</summary>
    /// <exception cref="InvalidOperationException">No task has ended yet, or the run's beginning was not seen.</exception>
    public AccuracyMatrix Accuracies => new(Matrix(scores => scores.Accuracies), Ordered(Baseline?.Accuracies));

    /// <summary>[evaluations, tasks]: mean losses after each task.</summary>
    /// <exception cref="InvalidOperationException">No task has ended yet, or the run's beginning was not seen.</exception>
    public TaskMatrix Losses => new(Matrix(scores => scores.Losses));

    IReadOnlyDictionary<string, object?> IDescribed.Description => new Dictionary<string, object?>(StringComparer.Ordinal) { ["every"] = _every };

    /// <summary>Says that the open task has ended, and evaluates; if it has ended already, nothing happens.</summary>
    /// <exception cref="InvalidOperationException">None has begun yet.</exception>
    public void Finish()
    {
        if (!_taskIsOpen)
        {
            if (_columns.Count == 0)
            {
                throw new InvalidOperationException("No task has begun yet.");
            }

            return;
        }

        _scores.Add(_evaluator.Evaluate());
        _taskIsOpen = false;
    }

    /// <inheritdoc/>
    public void OnBoundaryStarting(TrainingBoundary boundary)
    {
        ArgumentNullException.ThrowIfNull(boundary);
        if (boundary.Kind != _every)
        {
            return;
        }

        var column = ColumnOf(boundary);
        if (_taskIsOpen)
        {
            Finish();
        }

        _isLate |= Baseline is null && boundary.Index > 0;
        Baseline ??= _evaluator.Evaluate();
        _columns.Add(column);
        _taskIsOpen = true;
    }

    /// <inheritdoc/>
    public void OnTaskEnded(long task)
    {
        if (_taskIsOpen && _every is BoundaryKind.TaskBoundary or BoundaryKind.ClassBoundary)
        {
            Finish();
        }
    }

    /// <inheritdoc/>
    public string SaveState() => ObserverJson.Write(new TaskMatrixState(Baseline, _scores, _columns, _taskIsOpen, _isLate), EvaluationJson.Default.TaskMatrixState);

    /// <inheritdoc/>
    public void RestoreState(string state)
    {
        var saved = ObserverJson.Read(state, EvaluationJson.Default.TaskMatrixState);
        var all = saved.Baseline is null ? saved.Scores : saved.Scores.Append(saved.Baseline);
        if (all.Any(scores => scores.Accuracies.Count != _evaluator.TaskCount || scores.Losses.Count != _evaluator.TaskCount)
            || saved.Columns.Any(column => column < 0 || column >= _evaluator.TaskCount) || saved.Columns.Count != saved.Scores.Count + (saved.IsOpen ? 1 : 0))
        {
            throw new InvalidDataException($"its state of a {nameof(TaskMatrixObserver)} is not of {_evaluator.TaskCount} tasks, as the one here.");
        }

        Baseline = saved.Baseline;
        (_taskIsOpen, _isLate) = (saved.IsOpen, saved.IsLate);
        _scores.Clear();
        _scores.AddRange(saved.Scores);
        _columns.Clear();
        _columns.AddRange(saved.Columns);
    }

    // Tasks whose boundaries name no classes come in the evaluator's order; after the last of its tasks, training goes on with what came before.
    private int ColumnOf(TrainingBoundary boundary)
    {
        if (boundary.Classes.Count == 0)
        {
            return Math.Min(_columns.Count, _evaluator.TaskCount - 1);
        }

        var all = Enumerable.Range(0, _evaluator.TaskCount).ToList();
        var left = all.Except(_columns).ToList();
        if (_evaluator.TaskOf(boundary.Classes, left) is { } column)
        {
            return column;
        }

        return _evaluator.TaskOf(boundary.Classes, all) switch
        {
            null => throw new InvalidOperationException($"{boundary} comes to classes of which there is no query set. Give the evaluator one for each task of the stream."),
            var known when left.Count > 0 => throw new InvalidOperationException(
                $"{boundary} comes to the classes of query set {known} again, before all tasks have come. The matrix has an evaluation for each task, after it has been learned: "
                + "leave the observer out."),
            var known => known.Value,
        };
    }

    private IReadOnlyList<double>? Ordered(IReadOnlyList<double>? scores) => scores is null ? null : [.. Order().Select(task => scores[task])];

    private IEnumerable<int> Order() => _columns.Concat(Enumerable.Range(0, _evaluator.TaskCount)).Distinct();

    private double[,] Matrix(Func<TaskScores, IReadOnlyList<double>> values)
    {
        if (_isLate)
        {
            throw new InvalidOperationException(
                "The observer was told of the run after its first task had begun, so there is no matrix of all tasks. Resume from a checkpoint that was saved with the observer.");
        }

        if (_scores.Count == 0)
        {
            throw new InvalidOperationException($"No task has ended yet. Where {nameof(BatchTrainer<>.BeginTask)} says what begins, the end of the last one is said by {nameof(Finish)}.");
        }

        var matrix = new double[_scores.Count, _evaluator.TaskCount];
        for (var evaluation = 0; evaluation < _scores.Count; evaluation++)
        {
            foreach (var (task, column) in Order().Select((task, column) => (task, column)))
            {
                matrix[evaluation, column] = values(_scores[evaluation])[task];
            }
        }

        return matrix;
    }
}
