using Zapping.Training.Resets;
using Zapping.Training.Resuming;

namespace Zapping.Training.Evaluation;

/// <summary>
/// Notes the accuracy of each batch, as it was before the batch's update, and when events happened, so that falls and recoveries
/// can be read off after training. Three numbers a step are kept, and no tensor.
/// <code>
/// var recovery = RecoveryObserver.OfResets();
/// trainer.UseObserver(recovery).Fit(batches);
/// var steps = recovery.Curves().Select(curve => curve.StepsTo(0.9));
/// </code>
/// </summary>
/// <remarks>
/// It sees the steps of a <see cref="ContinualTrainer"/>; episodes have reports of their own. Checkpoints hold what it has noted. When training goes on from an older
/// checkpoint, what was noted of the steps that are made anew is dropped.
/// </remarks>
/// <threadsafety>Not thread-safe; it is told on the training thread.</threadsafety>
public sealed class RecoveryObserver : IStatefulTrainingObserver, IDescribed
{
    private readonly BoundaryKind? _boundary;
    private readonly List<MetricPoint> _levels = [];
    private readonly List<double> _losses = [];
    private readonly List<long> _events = [];
    private bool _eventIsDue;

    private RecoveryObserver(BoundaryKind? boundary)
    {
        _boundary = boundary;
    }

    /// <summary>Accuracy of each step's batch before its update: the fraction of examples with the largest output at their class.</summary>
    public IReadOnlyList<MetricPoint> Levels => _levels.AsReadOnly();

    /// <summary>The loss of each step before its update, as many as <see cref="Levels"/>.</summary>
    public IReadOnlyList<double> Losses => _losses.AsReadOnly();

    /// <summary>The step that came first after each event; events without a step between them are one.</summary>
    public IReadOnlyList<long> Events => _events.AsReadOnly();

    /// <summary>Resets are the events.</summary>
    public static RecoveryObserver OfResets() => new(boundary: null);

    /// <summary>Boundaries of one kind are the events, be something reset there or not.</summary>
    /// <param name="kind">For example <see cref="BoundaryKind.TaskBoundary"/> for a change of domain.</param>
    /// <exception cref="ArgumentOutOfRangeException">An unknown kind.</exception>
    public static RecoveryObserver OfBoundaries(BoundaryKind kind) => Enum.IsDefined(kind)
        ? new(kind)
        : throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of boundary.");

    IReadOnlyDictionary<string, object?> IDescribed.Description =>
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["events"] = _boundary?.ToString() ?? "Resets" };

    /// <summary>One curve for each event so far.</summary>
    /// <param name="options">Window and smoothing; default: see there.</param>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public IReadOnlyList<RecoveryCurve> Curves(RecoveryOptions? options = null) => RecoveryCurve.Cut(_levels, _events, options);

    /// <inheritdoc/>
    public void OnBoundaryStarted(TrainingBoundary boundary)
    {
        ArgumentNullException.ThrowIfNull(boundary);
        _eventIsDue |= boundary.Kind == _boundary;
    }

    /// <inheritdoc/>
    public void OnResetCompleted(ResetReport report) => _eventIsDue |= _boundary is null;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The outputs are not [n, units], or the labels not [n] class ids.</exception>
    public void OnStep(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var level = step.Accuracy();
        Forget(step.Index);
        if (_eventIsDue)
        {
            _events.Add(step.Index);
            _eventIsDue = false;
        }

        _levels.Add(new MetricPoint(step.Index, level));
        _losses.Add(step.Loss);
    }

    /// <inheritdoc/>
    public string SaveState() => ObserverJson.Write(new RecoveryState(_levels, _losses, _events, _eventIsDue), EvaluationJson.Default.RecoveryState);

    /// <inheritdoc/>
    public void RestoreState(string state)
    {
        var saved = ObserverJson.Read(state, EvaluationJson.Default.RecoveryState);
        if (saved.Levels.Count != saved.Losses.Count)
        {
            throw new InvalidDataException($"its state of a {nameof(RecoveryObserver)} has {saved.Levels.Count} levels and {saved.Losses.Count} losses.");
        }

        Replace(_levels, saved.Levels);
        Replace(_losses, saved.Losses);
        Replace(_events, saved.Events);
        _eventIsDue = saved.EventIsDue;

        static void Replace<T>(List<T> own, IReadOnlyList<T> with)
        {
            own.Clear();
            own.AddRange(with);
        }
    }

    private void Forget(long from)
    {
        if (_levels is [.., var last] && last.Step >= from)
        {
            var kept = _levels.FindIndex(point => point.Step >= from);
            _levels.RemoveRange(kept, _levels.Count - kept);
            _losses.RemoveRange(kept, _losses.Count - kept);
            _events.RemoveAll(step => step >= from);
        }
    }
}
