using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Zapping.Training.Native;
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
public abstract class Trainer : IDisposable
{
    private readonly BoundarySignals _signals;
    private readonly List<LearningRateSchedule> _learningRates = [];
    private readonly List<IDisposable> _owned = [];
    private readonly OrderedDictionary<string, Action> _afterSteps = new(StringComparer.Ordinal);
    private Feed? _feed;
    private TrainerState _state = new(0, 0, 0, 0);
    private int _busy;
    private bool _isArenaKnown;
    private bool _disposed;

    private protected Trainer(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<optim.Optimizer> optimizers,
        Func<Tensor, Tensor, Tensor>? loss)
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
        LabelsAreUnits = loss is null;
        _signals = new BoundarySignals(model, optimizers);
        Pass = new TrainingPass(model, optimizers, loss ?? ClassLoss.CrossEntropy, _signals.Gathered);
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
            Fed(null);
            _state = value;
        }
    }

    /// <summary>What the last <c>Fit</c> was fed with; null if there was none.</summary>
    internal FeedDescription? Feed => _feed?.Description;

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

    /// <summary>The model that is trained: inputs [n, …] to outputs, usually logits [n, classes].</summary>
    public nn.Module<Tensor, Tensor> Model { get; }

    /// <summary>The optimizers, in the order in which they were given.</summary>
    public IReadOnlyList<optim.Optimizer> Optimizers { get; }

    internal IReadOnlyList<LearningRateSchedule> LearningRates => _learningRates;

    /// <summary>Makes the forward and backward passes.</summary>
    private protected TrainingPass Pass { get; }

    /// <summary>Whether a label is the number of its class's unit, as for the loss where none is given; what others take labels for is not known.</summary>
    private protected bool LabelsAreUnits { get; }

    internal IReadOnlyList<ITrainingObserver> Observers => _signals.Observers;

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

    /// <summary>What a resumed run must share with the saved one besides model, optimizers and resets.</summary>
    internal virtual IReadOnlyDictionary<string, object?> Settings => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["clip"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["max_norm"] = Pass.MaxGradientNorm },
    };

    /// <summary>Registers what follows each step of a <c>Fit</c>.</summary>
    /// <param name="name">Of the feature; a second registration with the same name takes the place of the first.</param>
    /// <param name="action">Called on the training thread, after the step is counted.</param>
    internal void AfterSteps(string name, Action action) => _afterSteps[name] = action;

    /// <summary>Has the next <c>Fit</c> go on from a saved one.</summary>
    /// <param name="saved">What that one was fed with; null if it is not known.</param>
    /// <param name="accepted">Differences that are meant.</param>
    internal void Expect(FeedDescription? saved, IReadOnlyCollection<string> accepted) => Fed(saved is null ? null : new Feed(saved, accepted));

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
        _feed?.Dispose();
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

    /// <summary>
    /// To be called before a <c>Fit</c> signals anything. If an earlier one was interrupted, here or before a resume, this one must be fed with the same.
    /// </summary>
    /// <param name="next">What it is fed with.</param>
    /// <returns>The feed to go on with, or to give up.</returns>
    /// <exception cref="InvalidOperationException">It is fed with something else.</exception>
    private protected Feed? Continue(FeedDescription next)
    {
        if (_feed is not { } last || !last.MustGoOn(State))
        {
            return null;
        }

        return last.Description.DifferencesTo(next with { Model = ModelMode.Of(Model) }, last.Accepted) is { } text
            ? throw new InvalidOperationException($"The interrupted run was fed or set up otherwise, and nothing was changed: {text} Or begin anew by setting {nameof(State)}.")
            : last;
    }

    /// <summary>Says what a <c>Fit</c> is fed with, until it <see cref="Feed.Finish">finishes</see>.</summary>
    private protected Feed Begin(FeedDescription description, StreamProgress? progress = null)
    {
        var feed = new Feed(description with { Model = ModelMode.Of(Model) }, progress);
        Fed(feed);
        return feed;
    }

    /// <summary>Signals the boundary of the next step, unless it has been: a step that failed after it is tried again without another reset.</summary>
    private protected void SignalStep()
    {
        if (!State.IsStepBegun)
        {
            Signal(TrainingBoundary.Step(State.Steps), State with { IsStepBegun = true });
        }
    }

    private protected void AdvanceLearningRates(BoundaryKind kind)
    {
        foreach (var learningRates in _learningRates)
        {
            if (learningRates.Every == kind)
            {
                learningRates.Step();
            }
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

    private void Fed(Feed? feed)
    {
        _feed?.Dispose();
        _feed = feed;
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
