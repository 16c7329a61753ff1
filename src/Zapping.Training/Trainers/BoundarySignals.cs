using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Zapping.Training.Resets;
using Zapping.Training.Scheduling;
using Zapping.Training.Telemetry;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>What follows when a trainer says that something begins: its resets, in their order, and its observers, before and after them.</summary>
internal sealed class BoundarySignals(nn.Module model, IReadOnlyList<optim.Optimizer> optimizers) : IDisposable
{
    private readonly List<ZapScheduler> _schedulers = [];
    private readonly List<ITrainingObserver> _observers = [];
    private readonly List<Action<TrainingBoundary>> _beforeBoundaries = [];
    private readonly List<Action<TrainingBoundary>> _beforeResets = [];
    private (BoundaryKind Kind, long Index, int Signaled)? _halfway;

    public IReadOnlyList<ZapScheduler> Schedulers => _schedulers;

    public IReadOnlyList<ITrainingObserver> Observers => _observers;

    public ILogger Log
    {
        get;
        set
        {
            field = value;
            _schedulers.ForEach(scheduler => scheduler.Log = value);
        }
    } = NullLogger.Instance;

    /// <exception cref="ArgumentException">The policy cannot serve the schedule, there are resets of its name, or another policy replaces units of the same layers at the same boundaries.</exception>
    public void Add(IResetPolicy policy, ResetSchedule schedule)
    {
        (policy as IScheduledResetPolicy)?.EnsureSuits(schedule);
        EnsureUnitsAreReplacedOnce(policy, schedule);
        _schedulers.Add(new ZapScheduler(model, optimizers, policy, schedule with { Name = NameFor(policy, schedule) }) { Log = Log });
        if (_observers.Count > 0)
        {
            Watch(_schedulers[^1]);
        }
    }

    public void Add(ITrainingObserver observer)
    {
        if (_observers.Count == 0)
        {
            _schedulers.ForEach(Watch);
        }

        _observers.Add(observer);
    }

    /// <summary>Registers what looks at the model as it was.</summary>
    public void BeforeBoundaries(Action<TrainingBoundary> action) => _beforeBoundaries.Add(action);

    /// <summary>Registers what makes the model fit for the resets.</summary>
    public void BeforeResets(Action<TrainingBoundary> action) => _beforeResets.Add(action);

    /// <summary>Resets what is due, and only then counts the boundary and tells observers: if one fails, it is not said twice.</summary>
    /// <param name="boundary">What begins.</param>
    /// <param name="count">Counts it.</param>
    public void Signal(TrainingBoundary boundary, Action count)
    {
        TrainingLog.Begins(Log, boundary);
        _observers.ForEach(observer => observer.OnBoundaryStarting(boundary));
        _beforeBoundaries.ForEach(action => action(boundary));
        _beforeResets.ForEach(action => action(boundary));
        SignalSchedulers(boundary);
        count();
        _observers.ForEach(observer => observer.OnBoundaryStarted(boundary));
    }

    /// <summary>Gives up a boundary of which some resets were made.</summary>
    public void BeginAnew() => _halfway = null;

    /// <summary>What policies gather in forward passes.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Gathered() => _schedulers
        .Where(scheduler => scheduler.Policy is IStatefulResetPolicy).DistinctBy(scheduler => scheduler.Policy, ReferenceEqualityComparer.Instance)
        .SelectMany(scheduler => ((IStatefulResetPolicy)scheduler.Policy).StateOfPasses.Select(own => ($"{scheduler.Name} {own.Key}", own.Value)));

    public void Dispose()
    {
        _schedulers.ForEach(scheduler => scheduler.Resetting -= TellAhead);
        _schedulers.ForEach(scheduler => scheduler.ResetCompleted -= Tell);
    }

    // When a reset fails, those before it have been made. If the same boundary is then tried again, they are not made twice.
    private void SignalSchedulers(TrainingBoundary boundary)
    {
        var done = _halfway is { } halfway && (halfway.Kind, halfway.Index) == (boundary.Kind, boundary.Index) ? halfway.Signaled : 0;
        for (; done < _schedulers.Count; done++)
        {
            _halfway = (boundary.Kind, boundary.Index, done);
            _schedulers[done].Signal(boundary);
        }

        _halfway = null;
    }

    private void EnsureUnitsAreReplacedOnce(IResetPolicy policy, ResetSchedule schedule)
    {
        foreach (var other in _schedulers.Where(other => other.Schedule.Meets(schedule)))
        {
            var shared = other.Policy.UnitLayers.Intersect(policy.UnitLayers, StringComparer.Ordinal).ToList();
            if (shared.Count > 0)
            {
                throw new ArgumentException(
                    $"{ZapScheduler.KindOf(policy)} and '{other.Name}' would both replace units of {string.Join(", ", shared.Select(layer => $"'{layer}'"))} at one {schedule.Every}, and the second would undo what the first "
                    + $"has begun. Take one of them, or give them layers of their own (their options' Layers), or boundaries that never coincide ({nameof(ResetSchedule.From)} and {nameof(ResetSchedule.Period)}).",
                    nameof(policy));
            }
        }
    }

    // The first of a class goes by the class's name, which is no name of the schedule's own.
    private string? NameFor(IResetPolicy policy, ResetSchedule schedule)
    {
        if (schedule.Name is { } given)
        {
            return IsTaken(given)
                ? throw new ArgumentException($"The trainer has resets named '{given}' already; give each a {nameof(ResetSchedule.Name)} of its own.", nameof(schedule))
                : given;
        }

        var kind = ZapScheduler.KindOf(policy);
        return IsTaken(kind)
            ? Enumerable.Range(2, _schedulers.Count + 1).Select(number => string.Create(CultureInfo.InvariantCulture, $"{kind} {number}")).First(name => !IsTaken(name))
            : null;
    }

    private bool IsTaken(string name) => _schedulers.Exists(scheduler => scheduler.Name == name);

    private void Watch(ZapScheduler scheduler)
    {
        scheduler.Resetting += TellAhead;
        scheduler.ResetCompleted += Tell;
    }

    private void TellAhead(TrainingBoundary boundary) => _observers.ForEach(observer => observer.OnResetting(boundary));

    private void Tell(ResetReport report) => _observers.ForEach(observer => observer.OnResetCompleted(report));
}
