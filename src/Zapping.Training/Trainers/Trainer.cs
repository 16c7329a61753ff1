using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp.Modules;
using Zapping.Training.Internal;
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
    private readonly List<ZapScheduler> _schedulers = [];
    private readonly List<ITrainingObserver> _observers = [];
    private readonly List<LearningRateSchedule> _learningRates = [];
    private readonly List<IDisposable> _owned = [];
    private readonly StepGuard _guard;
    private readonly BatchStatistics _statistics;
    private double? _maxGradientNorm;
    private bool _looksAtGradients = true;
    private CheckpointPlan? _checkpoints;
    private Feed? _feed;
    private TrainerState _state = new(0, 0, 0, 0);
    private (BoundaryKind Kind, long Index, int Signalled)? _halfway;
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
        Loss = loss ?? ClassLoss.CrossEntropy;
        LabelsAreUnits = loss is null;
        _guard = new StepGuard(model, Gathered);
        _statistics = new BatchStatistics(model);
    }

    /// <summary>The resets in use, in the order in which they run.</summary>
    public IReadOnlyList<ZapScheduler> Schedulers => _schedulers;

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
            _halfway = null;
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
            _schedulers.ForEach(scheduler => scheduler.Log = value);
            ConvolutionGuard.Tell(value);
        }
    } = NullLogger.Instance;

    internal nn.Module<Tensor, Tensor> Model { get; }

    internal IReadOnlyList<optim.Optimizer> Optimizers { get; }

    internal IReadOnlyList<LearningRateSchedule> LearningRates => _learningRates;

    private protected Func<Tensor, Tensor, Tensor> Loss { get; }

    /// <summary>Whether a label is the number of its class's unit, as for the loss where none is given; what others take labels for is not known.</summary>
    private protected bool LabelsAreUnits { get; }

    internal IReadOnlyList<ITrainingObserver> Observers => _observers;

    // A native optimizer (LBFGS) names its parameters only by new handles, and with a warning.
    private protected IEnumerable<Parameter> TrainedParameters => Optimizers[0] is OptimizerHelper
        ? Optimizers.SelectMany(optimizer => optimizer.parameters())
        : Model.parameters();

    /// <summary>Ends the trainer's use. Model, optimizers and data are not touched.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    internal void Add(IResetPolicy policy, ResetSchedule schedule)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        EnsureSignalled(schedule.Every);
        _schedulers.Add(new ZapScheduler(Model, Optimizers, policy, schedule) { Log = Log });
        if (_observers.Count > 0)
        {
            Watch(_schedulers[^1]);
        }
    }

    /// <summary>Like <see cref="Add(IResetPolicy, ResetSchedule)"/>, of a policy that was made for this trainer and ends with it.</summary>
    internal void AddOwned<TPolicy>(TPolicy policy, ResetSchedule schedule)
        where TPolicy : IResetPolicy, IDisposable
    {
        _owned.Add(policy);
        Add(policy, schedule);
    }

    internal void Add(LearningRateSchedule learningRates)
    {
        EnsureSignalled(learningRates.Every);
        _learningRates.Add(learningRates);
    }

    internal void Add(ITrainingObserver observer)
    {
        if (_observers.Count == 0)
        {
            _schedulers.ForEach(Watch);
        }

        _observers.Add(observer);
    }

    /// <summary>What a resumed run must share with the saved one besides model, optimizers and resets.</summary>
    internal virtual IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["gradient clipping"] = _maxGradientNorm?.ToString("r", CultureInfo.InvariantCulture) ?? "none",
    };

    internal void Save(CheckpointPlan plan) => _checkpoints = plan;

    /// <summary>Has the next <c>Fit</c> go on from a saved one.</summary>
    /// <param name="saved">What that one was fed with; null if it is not known.</param>
    /// <param name="accepted">Differences that are meant.</param>
    internal void Expect(FeedDescription? saved, IReadOnlyCollection<string> accepted) => Fed(saved is null ? null : new Feed(saved, accepted));

    internal void ClipGradients(double maxNorm) => _maxGradientNorm = maxNorm;

    internal void LookAtGradients(bool look) => _looksAtGradients = look;

    /// <exception cref="ArgumentException">This trainer never signals boundaries of that kind.</exception>
    private protected virtual void EnsureSignalled(BoundaryKind kind)
    {
    }

    private protected virtual void Dispose(bool disposing)
    {
        _schedulers.ForEach(scheduler => scheduler.Resetting -= TellAhead);
        _schedulers.ForEach(scheduler => scheduler.Reset -= Tell);
        _guard.Dispose();
        _feed?.Dispose();
        _owned.ForEach(policy => policy.Dispose());
        _owned.Clear();
        _disposed = true;
    }

    /// <summary>Resets what is due, and only then counts the boundary and tells observers: if one fails, it is not said twice.</summary>
    /// <param name="boundary">What begins.</param>
    /// <param name="begun">The state from then on.</param>
    private protected void Signal(TrainingBoundary boundary, TrainerState begun)
    {
        TrainingLog.Begins(Log, boundary);
        _observers.ForEach(observer => observer.OnBoundaryAhead(boundary));
        SignalSchedulers(boundary);
        _state = begun;
        _observers.ForEach(observer => observer.OnBoundary(boundary));
    }

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

        return last.Description.DifferencesTo(next with { Mode = ModelMode.Of(Model) }, last.Accepted) is { } text
            ? throw new InvalidOperationException($"The interrupted run was fed or set up otherwise, and nothing was changed: {text} Or begin anew by setting {nameof(State)}.")
            : last;
    }

    /// <summary>Says what a <c>Fit</c> is fed with, until it <see cref="Feed.Finish">finishes</see>.</summary>
    private protected Feed Begin(FeedDescription description, StreamProgress? progress = null)
    {
        var feed = new Feed(description with { Mode = ModelMode.Of(Model) }, progress);
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

    // When a reset fails, those before it have been made. If the same boundary is then tried again, they are not made twice.
    private void SignalSchedulers(TrainingBoundary boundary)
    {
        var done = _halfway is { } halfway && (halfway.Kind, halfway.Index) == (boundary.Kind, boundary.Index) ? halfway.Signalled : 0;
        for (; done < _schedulers.Count; done++)
        {
            _halfway = (boundary.Kind, boundary.Index, done);
            _schedulers[done].Signal(boundary);
        }

        _halfway = null;
    }

    // Only what the caller needs outlives the inner scope. Everything else is then autograd's alone, which frees each
    // activation as soon as the backward pass has used it, and the next gradient takes its warm memory.
    private protected (Tensor Outputs, Tensor Loss) Forward(Tensor inputs, Tensor labels)
    {
        using var activations = NewDisposeScope();
        var outputs = Model.call(inputs);
        var loss = Loss(outputs, labels);
        foreach (var result in new[] { outputs, loss })
        {
            if (activations.Contains(result))
            {
                activations.MoveToOuter(result);
            }
        }

        return loss.numel() == 1
            ? (outputs, loss)
            : throw new InvalidOperationException($"The loss must be a scalar, but has shape [{string.Join(", ", loss.shape)}].");
    }

    /// <summary>To be called before a batch of one example, and before its boundaries are signalled.</summary>
    /// <param name="example">[n, …], of which the first is such an example.</param>
    /// <exception cref="InvalidOperationException">A layer would have no variance. Nothing has been written.</exception>
    private protected void EnsureFitsAlone(Tensor example)
    {
        using var one = example.narrow(0, 0, 1);
        _statistics.EnsureFor(one);
    }

    /// <summary>
    /// Makes what comes before an update: a forward and a backward pass, and a look at what they made. If it fails, buffers and what policies have
    /// gathered are as before, and no gradient is left.
    /// </summary>
    /// <param name="pass">The passes; they leave the gradients in the parameters.</param>
    /// <param name="boundary">For messages.</param>
    /// <param name="moved">Parameters that the passes move themselves.</param>
    /// <returns>The outputs, the loss, its value, and the norm of all gradients before clipping.</returns>
    /// <exception cref="NonFiniteStepException">The loss, a gradient or a buffer is NaN or infinite.</exception>
    private protected Gradient Prepare(
        Func<(Tensor Outputs, Tensor Loss)> pass, TrainingBoundary? boundary, IEnumerable<(string Name, Parameter Parameter)>? moved = null)
    {
        _guard.Begin(moved ?? []);
        try
        {
            var (outputs, loss) = pass();
            var (value, norm) = Inspect(loss, boundary);
            return new Gradient(outputs, loss, value, norm);
        }
        catch
        {
            _guard.Undo();
            ClearGradients();
            throw;
        }
    }

    /// <summary>Remembers all that a step may write before its update, and the parameters.</summary>
    private protected TensorMemo Remember()
    {
        var memo = new TensorMemo();
        memo.Remember(_guard.Written.Concat(Model.named_parameters().Select(p => (p.name, (Tensor)p.parameter))));
        return memo;
    }

    /// <exception cref="NonFiniteStepException">The loss is NaN or infinite.</exception>
    private protected double EnsureFinite(double loss, TrainingBoundary? boundary) =>
        double.IsFinite(loss) ? loss : throw Refused(loss, boundary, null);

    // An absent gradient, unlike one of zeros, leaves a parameter and its moments alone, and the next backward pass
    // hands its buffer over instead of adding to one.
    private protected void ClearGradients()
    {
        foreach (var parameter in TrainedParameters)
        {
            parameter.grad = null;
        }
    }

    private protected static bool HasGradient(Parameter parameter)
    {
        using var gradient = parameter.grad;
        return gradient is not null;
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

    private protected void SaveIfDue() => _checkpoints?.SaveIfDue(this);

    /// <summary>To be called before anything is signalled.</summary>
    /// <exception cref="InvalidOperationException">Gradients are switched off.</exception>
    /// <exception cref="ArgumentException">The optimizers are no longer those of the model.</exception>
    private protected void EnsureTrainable()
    {
        GradientMode.EnsureOn();
        OptimizerOwnership.Ensure(Model, Optimizers);
    }

    /// <summary>Takes the trainer for one call; the result gives it back.</summary>
    private protected Turn Enter()
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

        return new Turn(this);
    }

    private void Fed(Feed? feed)
    {
        _feed?.Dispose();
        _feed = feed;
    }

    private (double Loss, double? Norm) Inspect(Tensor loss, TrainingBoundary? boundary)
    {
        List<Parameter> parameters = [.. TrainedParameters.Where(HasGradient)];
        var (value, others) = _guard.Inspect(loss, _looksAtGradients ? parameters : []);
        if (!double.IsFinite(value) || others is not null)
        {
            throw Refused(value, boundary, double.IsFinite(value) ? others : null);
        }

        if (_maxGradientNorm is not { } max)
        {
            return (value, null);
        }

        var norm = nn.utils.clip_grad_norm_(parameters, max);
        return double.IsFinite(norm) ? (value, norm) : throw Refused(value, boundary, NonFiniteTensors.Norm(norm));
    }

    private NonFiniteStepException Refused(double loss, TrainingBoundary? boundary, NonFiniteTensors? others)
    {
        var refused = new NonFiniteStepException(loss, State.Steps, boundary, others);
        TrainingLog.NonFiniteStep(Log, refused);
        return refused;
    }

    private IEnumerable<(string Name, Tensor Tensor)> Gathered() => _schedulers
        .Select(scheduler => scheduler.Policy).OfType<IStatefulResetPolicy>().Distinct()
        .SelectMany(policy => policy.State.Select(own => ($"{policy.GetType().Name} {own.Key}", own.Value)));

    private void TellOfArena()
    {
        if (Log.IsEnabled(LogLevel.Information) && NativeAllocator.IsInVainHere)
        {
            TrainingLog.LargeBlocksGivenBack(Log);
        }
    }

    private void Watch(ZapScheduler scheduler)
    {
        scheduler.Resetting += TellAhead;
        scheduler.Reset += Tell;
    }

    private void TellAhead(TrainingBoundary boundary) => _observers.ForEach(observer => observer.OnResetAhead(boundary));

    private void Tell(ResetReport report) => _observers.ForEach(observer => observer.OnReset(report));

    /// <param name="Outputs">Of the model.</param>
    /// <param name="Loss">A scalar.</param>
    /// <param name="Value">The loss.</param>
    /// <param name="Norm">The global L2 norm of all gradients before clipping; null without clipping.</param>
    private protected readonly record struct Gradient(Tensor Outputs, Tensor Loss, double Value, double? Norm);

    private protected readonly struct Turn(Trainer trainer) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref trainer._busy, 0);
    }
}
