using TorchSharp.Modules;
using Zapping.Training.Internal;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Trains any <see cref="nn.Module{T, TResult}">Module&lt;Tensor, Tensor&gt;</see> with any optimizer and loss, and
/// signals the boundaries at which resets happen. A thin layer over <see cref="ZapScheduler"/>:
/// <code>
/// using var trainer = new ContinualTrainer(model, optimizer).UseZapping(every: ClassBoundary);
/// trainer.Fit(stream);
/// </code>
/// Model, optimizers and data stay the caller's to dispose of, and the model stays in the mode (train or eval) in
/// which it is given.
/// </summary>
/// <threadsafety>One thread at a time; a second one is refused. Two trainers on two threads do not disturb each other.</threadsafety>
public sealed partial class ContinualTrainer : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _model;
    private readonly IReadOnlyList<optim.Optimizer> _optimizers;
    private readonly Func<Tensor, Tensor, Tensor> _loss;
    private readonly List<ZapScheduler> _schedulers = [];
    private readonly List<ITrainingObserver> _observers = [];
    private readonly List<(optim.lr_scheduler.LRScheduler Schedule, BoundaryKind Every)> _learningRates = [];
    private double? _maxGradientNorm;
    private TrainingBoundary? _lastBoundary;
    private int _busy;
    private bool _disposed;

    /// <summary>Makes a trainer with one optimizer.</summary>
    /// <param name="model">Maps inputs [n, …] to outputs, usually logits [n, classes].</param>
    /// <param name="optimizer">Made after the model was moved to its device.</param>
    /// <param name="loss">Maps (outputs, labels) to a scalar; default: mean softmax cross-entropy.</param>
    public ContinualTrainer(
        nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Func<Tensor, Tensor, Tensor>? loss = null)
        : this(model, [optimizer], loss)
    {
    }

    /// <summary>Makes a trainer with several optimizers, all stepped at each step.</summary>
    /// <param name="model">Maps inputs [n, …] to outputs, usually logits [n, classes].</param>
    /// <param name="optimizers">At least one.</param>
    /// <param name="loss">Maps (outputs, labels) to a scalar; null: mean softmax cross-entropy.</param>
    public ContinualTrainer(
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

        if (optimizers.Count > 1 && optimizers.Any(o => o is not OptimizerHelper))
        {
            throw new NotSupportedException("A native optimizer (LBFGS) evaluates the loss itself and cannot be combined with others.");
        }

        _model = model;
        _optimizers = optimizers;
        _loss = loss ?? ((outputs, labels) => nn.functional.cross_entropy(outputs, labels));
    }

    /// <summary>The resets in use, in the order in which they run.</summary>
    public IReadOnlyList<ZapScheduler> Schedulers => _schedulers;

    /// <summary>Counts of what has begun; restore them, and each scheduler's state, before training goes on.</summary>
    public TrainerState State
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = new(0, 0, 0, 0);

    /// <summary>Zaps the classifier at boundaries of one kind, as published.</summary>
    /// <param name="every">
    /// At class and task boundaries the rows of their classes are reset, at epoch and step boundaries all rows.
    /// </param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <param name="seed">Seed of the resets.</param>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public ContinualTrainer UseZapping(BoundaryKind every, Action<ZapOptions>? configure = null, ulong seed = 0)
    {
        var options = new ZapOptions();
        if (every is BoundaryKind.EpochBoundary or BoundaryKind.StepBoundary)
        {
            options.Units = UnitSelection.All;
        }

        configure?.Invoke(options);
        return UseZapping(options, new ResetSchedule(every) { Seed = seed });
    }

    /// <summary>Zaps the classifier as the options and the schedule say.</summary>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public ContinualTrainer UseZapping(ZapOptions options, ResetSchedule schedule) =>
        UseReset(new ZapPolicy(options), schedule);

    /// <summary>Runs a reset policy at the boundaries of a schedule; may be called several times.</summary>
    /// <exception cref="ArgumentException">The schedule is invalid.</exception>
    public ContinualTrainer UseReset(IResetPolicy policy, ResetSchedule schedule)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _schedulers.Add(new ZapScheduler(_model, _optimizers, policy, schedule));
        if (_observers.Count > 0)
        {
            _schedulers[^1].Reset += Tell;
        }

        return this;
    }

    /// <summary>Clips the global L2 norm of all gradients before each update.</summary>
    /// <param name="maxNorm">A finite number above 0.</param>
    public ContinualTrainer UseGradientClipping(double maxNorm)
    {
        Guard.NonNegative(maxNorm);
        ArgumentOutOfRangeException.ThrowIfZero(maxNorm);
        _maxGradientNorm = maxNorm;
        return this;
    }

    /// <summary>Steps a learning-rate scheduler of TorchSharp after each step or epoch.</summary>
    /// <param name="schedule">The scheduler, made for one of the trainer's optimizers.</param>
    /// <param name="every"><see cref="BoundaryKind.StepBoundary"/> or <see cref="BoundaryKind.EpochBoundary"/> (default).</param>
    public ContinualTrainer UseLearningRates(
        optim.lr_scheduler.LRScheduler schedule, BoundaryKind every = BoundaryKind.EpochBoundary)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        if (every is not (BoundaryKind.StepBoundary or BoundaryKind.EpochBoundary))
        {
            throw new ArgumentOutOfRangeException(nameof(every), every, "Learning rates change per step or per epoch.");
        }

        _learningRates.Add((schedule, every));
        return this;
    }

    /// <summary>Adds an observer.</summary>
    public ContinualTrainer Observe(ITrainingObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        if (_observers.Count == 0)
        {
            _schedulers.ForEach(scheduler => scheduler.Reset += Tell);
        }

        _observers.Add(observer);
        return this;
    }

    /// <summary>Ends the trainer's use. Model, optimizers and data are not touched.</summary>
    public void Dispose()
    {
        _schedulers.ForEach(scheduler => scheduler.Reset -= Tell);
        _disposed = true;
    }

    private void Tell(ResetReport report) => _observers.ForEach(observer => observer.OnReset(report));
}
