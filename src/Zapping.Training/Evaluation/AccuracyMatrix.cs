namespace Zapping.Training.Evaluation;

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
    /// <param name="taskNames">[tasks], for printing; default: their numbers.</param>
    /// <exception cref="ArgumentException">There is no evaluation or no task, or the baseline or the names are of another number of tasks.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is no fraction.</exception>
    public AccuracyMatrix(double[,] accuracies, IReadOnlyList<double>? baseline = null, IReadOnlyList<string>? taskNames = null)
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
        TaskNames = TextTable.EnsureNames(taskNames, TaskCount, "task");
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

    /// <summary>Whether all entries are the same; entries that were not measured equal each other. Names do not count.</summary>
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

    /// <summary>
    /// Mean accuracy after evaluation i on the tasks learned by then, A_i = 1/(i+1) · Σ_(j≤i) R[i, j]. At the end it is the
    /// "average accuracy" (ACC) of Lopez-Paz and Ranzato, "Gradient episodic memory for continual learning" (NeurIPS 2017).
    /// </summary>
    /// <param name="evaluation">i, from 0; default: the last.</param>
    /// <exception cref="InvalidOperationException">An entry that it needs was not measured.</exception>
    public double AverageAccuracy(int? evaluation = null)
    {
        var row = evaluation ?? EvaluationCount - 1;
        EnsureEvaluation(row);
        return LearnedBy(row).Average(task => Measured(row, task));
    }

    /// <summary>
    /// Mean over all evaluations of <see cref="AverageAccuracy"/>, the "average incremental accuracy" of Rebuffi et al.,
    /// "iCaRL: Incremental classifier and representation learning" (CVPR 2017).
    /// </summary>
    /// <exception cref="InvalidOperationException">An entry that it needs was not measured.</exception>
    public double AverageIncrementalAccuracy() => Enumerable.Range(0, EvaluationCount).Average(evaluation => AverageAccuracy(evaluation));

    /// <summary>
    /// How much of a task is forgotten by evaluation i: f_(i,j) = max_(l&lt;i) R[l, j] - R[i, j], after Chaudhry et al.,
    /// "Riemannian walk for incremental learning" (ECCV 2018). From -1 to 1; negative if the task is known better than ever.
    /// Evaluations before the task was learned take part in the maximum where they were measured.
    /// </summary>
    /// <remarks>
    /// Other libraries mean other things by the word. Mammoth takes the maximum over all evaluations, i included, and 0 for what was not
    /// measured, so that it is never negative. Avalanche's is R[j, j] - R[i, j], whose mean is <see cref="BackwardTransfer"/> with the other
    /// sign, and it leaves out tasks that were not measured, where this throws.
    /// </remarks>
    /// <param name="task">j, which must have been learned before evaluation i.</param>
    /// <param name="evaluation">i, from 0; default: the last.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task or evaluation, or the task was not learned before it.</exception>
    /// <exception cref="InvalidOperationException">An entry since the task was learned has not been measured.</exception>
    public double Forgetting(int task, int? evaluation = null)
    {
        var row = evaluation ?? EvaluationCount - 1;
        EnsureEvaluation(row);
        EnsureTask(task);
        if (task >= row)
        {
            throw new ArgumentOutOfRangeException(
                nameof(task), task, $"Task {task} was not learned before evaluation {row}, so it cannot be forgotten by then.");
        }

        var earlier = Enumerable.Range(0, row).Select(before => before < task ? _accuracies[before, task] : Measured(before, task));
        return earlier.Where(accuracy => !double.IsNaN(accuracy)).Max() - Measured(row, task);
    }

    /// <summary>
    /// Mean of <see cref="Forgetting"/> over the tasks learned before evaluation i: F_i of Chaudhry et al. (ECCV 2018). It says where other
    /// libraries differ.
    /// </summary>
    /// <param name="evaluation">i, from 1; default: the last.</param>
    /// <exception cref="InvalidOperationException">No task was learned before, or an entry that it needs was not measured.</exception>
    public double AverageForgetting(int? evaluation = null)
    {
        var row = evaluation ?? EvaluationCount - 1;
        EnsureEvaluation(row);
        return row > 0
            ? Enumerable.Range(0, Math.Min(row, TaskCount)).Average(task => Forgetting(task, row))
            : throw new InvalidOperationException("Nothing was learned before evaluation 0, so nothing can be forgotten by then.");
    }

    /// <summary>
    /// <see cref="Forgetting"/> of every task by every evaluation, [evaluations, tasks], as a heat map draws it. NaN where the
    /// task was not learned before the evaluation, or an entry that is needed was not measured.
    /// </summary>
    public double[,] ForgettingMatrix()
    {
        var forgetting = new double[EvaluationCount, TaskCount];
        for (var task = 0; task < TaskCount; task++)
        {
            var best = double.NegativeInfinity;
            for (var evaluation = 0; evaluation < EvaluationCount; evaluation++)
            {
                var accuracy = _accuracies[evaluation, task];
                forgetting[evaluation, task] = task < evaluation ? best - accuracy : double.NaN;
                var isDispensable = evaluation < task && double.IsNaN(accuracy);
                best = isDispensable ? best : Math.Max(best, accuracy); // NaN from here on if it is needed and was not measured
            }
        }

        return forgetting;
    }

    /// <summary>
    /// Backward transfer, what learning later tasks does to earlier ones: BWT = 1/(T-1) · Σ_(i&lt;T-1) (R[last, i] - R[i, i]) over the
    /// T tasks learned, after Lopez-Paz and Ranzato (NeurIPS 2017). From -1 to 1; negative means forgetting. With the other sign it is what
    /// Avalanche calls forgetting.
    /// </summary>
    /// <exception cref="InvalidOperationException">Fewer than two tasks were learned, or an entry that it needs was not measured.</exception>
    public double BackwardTransfer()
    {
        var last = EvaluationCount - 1;
        return Enumerable.Range(0, Learned(atLeast: 2) - 1).Average(task => Measured(last, task) - Measured(task, task));
    }

    /// <summary>
    /// Forward transfer, what learning earlier tasks does for a task not yet learned: FWT = 1/(T-1) · Σ_(0&lt;i&lt;T) (R[i-1, i] - b[i]) over
    /// the T tasks learned, with b the accuracy of the untrained model, after Lopez-Paz and Ranzato (NeurIPS 2017). From -1 to 1.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// There is no baseline, fewer than two tasks were learned, or an entry that it needs was not measured.
    /// </exception>
    public double ForwardTransfer()
    {
        var baseline = _baseline
            ?? throw new InvalidOperationException("Forward transfer needs the baseline: the accuracy of the untrained model on each task.");
        return Enumerable.Range(1, Learned(atLeast: 2) - 1)
            .Average(task => Measured(task - 1, task) - Measured(baseline[task], BaselineName(task)));
    }

    /// <summary>
    /// Intransigence, how much worse a task is learned after the ones before than by a reference model that is trained on all of
    /// them together: I_k = a*_k - R[k, k], after Chaudhry et al. (ECCV 2018). From -1 to 1.
    /// </summary>
    /// <param name="task">k.</param>
    /// <param name="reference">a*_k, the reference model's accuracy on the task, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task, it was not learned, or the reference is no fraction.</exception>
    /// <exception cref="InvalidOperationException">R[k, k] was not measured.</exception>
    public double Intransigence(int task, double reference)
    {
        EnsureTask(task);
        EnsureEvaluation(task);
        ArgumentOutOfRangeException.ThrowIfNegative(reference);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reference, 1);
        return reference - Measured(task, task);
    }

    private IEnumerable<int> LearnedBy(int evaluation) => Enumerable.Range(0, Math.Min(evaluation + 1, TaskCount));

    private int Learned(int atLeast)
    {
        var learned = Math.Min(EvaluationCount, TaskCount);
        return learned >= atLeast
            ? learned
            : throw new InvalidOperationException($"Transfer is between tasks, but only {learned} was learned: {atLeast} are needed.");
    }

    private double Measured(int evaluation, int task) => Measured(_accuracies[evaluation, task], Name(evaluation, task));

    private static double Measured(double value, string name) => double.IsNaN(value)
        ? throw new InvalidOperationException($"{name} is needed, but it was not measured.")
        : value;

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
