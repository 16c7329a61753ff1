using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Zapping.Training.Heads;
using Zapping.Training.Native;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using Zapping.Training.Telemetry;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// What all trainers are made of: a model, its optimizers, a loss, resets at boundaries, and observers. Model,
/// optimizers and data stay the caller's to dispose of, and the model stays in the mode (train or eval) in which it
/// is given.
/// </summary>
/// <threadsafety>One thread at a time; a second one is refused. Two trainers on two threads do not disturb each other.</threadsafety>
public abstract class Trainer : IDisposable, ICheckpointed
{
    private readonly BoundarySignals _signals;
    private readonly LearningRateSchedules _learningRates = new();
    private readonly List<ITrainingMemory> _memories = [];
    private readonly List<IDisposable> _owned = [];
    private readonly OrderedDictionary<string, Action> _afterSteps = new(StringComparer.Ordinal);
    private TrainerState _state = new(0, 0, 0, 0);
    private int _busy;
    private bool _isArenaKnown;
    private bool _disposed;

    private protected Trainer(nn.Module model, IReadOnlyList<optim.Optimizer> optimizers)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizers);
        if (optimizers.Count == 0 || optimizers.Contains(null!))
        {
            throw new ArgumentException("At least one optimizer is needed, and none may be null.", nameof(optimizers));
        }

        OptimizerOwnership.Ensure(model, optimizers);
        NativeAllocator.KeepLargeBlocks();
        ConvolutionGuard.Protect(model);
        Model = model;
        Optimizers = optimizers;
        _signals = new BoundarySignals(model, optimizers);
        Feeds = new FeedHistory(model);
        Pass = new TrainingPass(model, optimizers, _signals.Gathered);
    }

    /// <summary>The resets in use, in the order in which they run.</summary>
    public IReadOnlyList<ZapScheduler> Schedulers => _signals.Schedulers;

    /// <summary>
    /// Counts of what has begun; restore them, and each scheduler's state, before training goes on. Setting them also gives up the place in a stream or an epoch that
    /// an interrupted <c>Fit</c> had come to: the next one may be fed with anything.
    /// </summary>
    public TrainerState State
    {
        get => _state;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _signals.BeginAnew();
            Feeds.Forget();
            _state = value;
        }
    }

    internal ILogger Log
    {
        get;
        set
        {
            field = value;
            (_signals.Log, Pass.Log) = (value, value);
            ConvolutionGuard.Tell(value);
        }
    } = NullLogger.Instance;

    /// <summary>The model that is trained.</summary>
    public nn.Module Model { get; }

    /// <summary>The optimizers, in the order in which they were given.</summary>
    public IReadOnlyList<optim.Optimizer> Optimizers { get; }

    internal IReadOnlyList<ITrainingObserver> Observers => _signals.Observers;

    /// <summary>What is kept beside the model.</summary>
    internal IReadOnlyList<ITrainingMemory> Memories => _memories;

    /// <summary>The classifier that grows at boundaries; null if none does.</summary>
    internal GrowingHead? GrowingHead { get; private set; }

    IReadOnlyList<LearningRateSchedule> ICheckpointed.LearningRates => _learningRates.All;

    IReadOnlyList<ITrainingObserver> ICheckpointed.Observers => Observers;

    IReadOnlyList<ITrainingMemory> ICheckpointed.Memories => Memories;

    IReadOnlyDictionary<string, object?> ICheckpointed.Settings => Settings;

    FeedDescription? ICheckpointed.Feed => Feeds.Description;

    ILogger ICheckpointed.Log => Log;

    GrowingHead? ICheckpointed.GrowingHead => GrowingHead;

    /// <summary>Makes the passes of a step.</summary>
    private protected TrainingPass Pass { get; }

    /// <summary>What it was fed with.</summary>
    private protected FeedHistory Feeds { get; }

    /// <summary>What has been asked to end since the last <c>Fit</c> began.</summary>
    private protected StopRequest Stop { get; set; }

    /// <summary>Ends the trainer's use. Model, optimizers and data are not touched.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    internal void Add(IResetPolicy policy, ResetSchedule schedule)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        schedule.Ensure();
        EnsureSignaled(schedule.Every);
        _signals.Add(policy, schedule);
    }

    /// <summary>Disposes of something together with the trainer, such as a policy that was made for it and watches its model.</summary>
    /// <param name="disposable">Disposed of once, after the trainer has let go of its resets.</param>
    /// <exception cref="ObjectDisposedException">The trainer has been disposed of.</exception>
    public void RegisterForDispose(IDisposable disposable)
    {
        ArgumentNullException.ThrowIfNull(disposable);
        ObjectDisposedException.ThrowIf(_disposed, this);
        _owned.Add(disposable);
    }

    internal void Add(LearningRateSchedule learningRates)
    {
        EnsureSignaled(learningRates.Every);
        _learningRates.Add(learningRates);
    }

    internal void Add(ITrainingObserver observer) => _signals.Add(observer);

    internal void Add(IUpdateRule rule) => Pass.Add(rule);

    /// <exception cref="ArgumentException">The name is none, or taken.</exception>
    internal void Add(ITrainingMemory memory) => MemoryName.AddTo(_memories, memory);

    internal void Add(GrowingHead head)
    {
        GrowingHead = GrowingHead is null ? head : throw new InvalidOperationException($"The trainer has a growing head already: {GrowingHead}.");
        _signals.BeforeResets(boundary => head.Grow(Model, Optimizers, boundary.Classes));
    }

    /// <summary>Registers what precedes each boundary of a kind: growth, resets and the count.</summary>
    /// <param name="action">Called on the training thread. It may be called twice for one boundary, if the first time something failed afterwards.</param>
    internal void BeforeBoundaries(Action<TrainingBoundary> action) => _signals.BeforeBoundaries(action);

    /// <summary>
    /// Ends the <c>Fit</c> that is running after its present step, without an exception: what is open (an epoch, a class, a task) counts as ended, and a later <c>Fit</c> begins anew.
    /// For observers; where none is running, nothing happens.
    /// </summary>
    public void RequestStop() => Stop = _busy == 0 ? StopRequest.None : StopRequest.Fit;

    /// <summary>Like <see cref="RequestStop"/>, but goes on with the next experience, if it was a <c>Fit</c> of several.</summary>
    public void RequestNextExperience() => Stop = _busy == 0 || Stop == StopRequest.Fit ? Stop : StopRequest.Experience;

    /// <summary>What a resumed run must share with the saved one besides model, optimizers and resets.</summary>
    internal virtual IReadOnlyDictionary<string, object?> Settings => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["clip"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["max_norm"] = Pass.MaxGradientNorm },
        ["update_rules"] = Pass.Rules.Select(DescriptionJson.SettingsOf),
        ["growing_head"] = GrowingHead?.Description,
        ["memories"] = _memories.Select(memory => memory.Name),
    };

    /// <summary>Registers what follows each step of a <c>Fit</c>.</summary>
    /// <param name="name">Of the feature; a second registration with the same name takes the place of the first.</param>
    /// <param name="action">Called on the training thread, after the step is counted.</param>
    internal void AfterSteps(string name, Action action) => _afterSteps[name] = action;

    void ICheckpointed.Expect(FeedDescription? saved, IReadOnlyCollection<string> accepted) => Feeds.Expect(saved, accepted);

    internal void ClipGradients(double maxNorm) => Pass.MaxGradientNorm = maxNorm;

    internal void LookAtGradients(bool look) => Pass.LooksAtGradients = look;

    /// <exception cref="ArgumentException">This trainer never signals boundaries of that kind.</exception>
    private protected virtual void EnsureSignaled(BoundaryKind kind)
    {
    }

    private protected virtual void Dispose(bool disposing)
    {
        _signals.Dispose();
        Pass.Dispose();
        Feeds.Dispose();
        _owned.ForEach(own => own.Dispose());
        _owned.Clear();
        _disposed = true;
    }

    /// <summary>Resets what is due, and only then counts the boundary and tells observers: if one fails, it is not said twice.</summary>
    /// <param name="boundary">What begins.</param>
    /// <param name="begun">The state from then on.</param>
    private protected void Signal(TrainingBoundary boundary, TrainerState begun) =>
        _signals.Signal(boundary, () => _state = begun);

    /// <summary>Counts on.</summary>
    private protected void Count(TrainerState state) => _state = state;

    /// <summary>Signals the boundary of the next step, unless it has been: a step that failed after it is tried again without another reset.</summary>
    private protected void SignalStep()
    {
        if (!State.IsStepBegun)
        {
            Signal(TrainingBoundary.Step(State.Steps), State with { IsStepBegun = true });
        }
    }

    private protected void AdvanceLearningRates(BoundaryKind kind) => _learningRates.Advance(kind);

    /// <summary>Ends a <c>Fit</c>, which has come to its end or has been stopped.</summary>
    private protected TrainingSummary EndFit(Feed feed, FitProgress run)
    {
        feed.Finish();
        var summary = run.Summary with { IsStopped = Stop != StopRequest.None };
        Stop = StopRequest.None;
        Tell(observer => observer.OnFitEnded(summary));
        return summary;
    }

    private protected void Tell(Action<ITrainingObserver> what)
    {
        foreach (var observer in Observers)
        {
            what(observer);
        }
    }

    /// <summary>To be called after each step of a <c>Fit</c>, once it is counted.</summary>
    private protected void FollowStep()
    {
        foreach (var action in _afterSteps.Values)
        {
            action();
        }
    }

    /// <summary>To be called before anything is signaled.</summary>
    /// <exception cref="InvalidOperationException">Gradients are switched off.</exception>
    /// <exception cref="ArgumentException">The optimizers are no longer those of the model.</exception>
    private protected void EnsureTrainable()
    {
        GradientMode.EnsureOn();
        OptimizerOwnership.Ensure(Model, Optimizers);
    }

    /// <summary>Takes the trainer for one call; the result gives it back.</summary>
    private protected UseLease Acquire()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException(
                "The trainer is in use: call it from one thread at a time, and not from within its observers or policies.");
        }

        if (!_isArenaKnown)
        {
            _isArenaKnown = true;
            TellOfArena();
        }

        return new UseLease(this);
    }

    private void TellOfArena()
    {
        if (Log.IsEnabled(LogLevel.Information) && NativeAllocator.IsInVainHere)
        {
            TrainingLog.LargeBlocksGivenBack(Log);
        }
    }

    private protected readonly struct UseLease(Trainer trainer) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref trainer._busy, 0);
    }
}
