using TorchSharp.Modules;
using Zapping.Training.Data;
using Zapping.Training.Steps;
using Zapping.Training.Telemetry;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// What trainers on batches are made of: steps of one's own between boundaries of one's own, epochs, and experiences one after another. Take a <see cref="ContinualTrainer"/> for models of inputs and outputs,
/// and a <see cref="ContinualTrainer{TBatch}"/> for others.
/// </summary>
/// <typeparam name="TBatch">What a step reads. If it is an <see cref="IBatch{TSelf}"/>, it can be taken in parts and prefetched, and its examples are counted.</typeparam>
public abstract partial class BatchTrainer<TBatch> : Trainer
{
    private readonly BatchStatistics _statistics;
    private readonly BatchPasses<TBatch> _passes;
    private bool _isOwnEpoch;

    private protected BatchTrainer(nn.Module model, IReadOnlyList<optim.Optimizer> optimizers)
        : base(model, optimizers)
    {
        if (optimizers.Count > 1 && optimizers.Any(o => o is not OptimizerHelper))
        {
            throw new NotSupportedException("A native optimizer (LBFGS) evaluates the loss itself and cannot be combined with others.");
        }

        _statistics = new BatchStatistics(model);
        _passes = new BatchPasses<TBatch>(Forward, EnsureSum);
    }

    /// <summary>What began last, a step aside.</summary>
    private protected TrainingBoundary? LastBoundary { get; private set; }

    /// <summary>Says that a task begins. It ends an epoch that <see cref="BeginEpoch"/> has begun.</summary>
    /// <param name="classes">Its class ids.</param>
    public void BeginTask(params IReadOnlyList<int> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        using var turn = Acquire();
        CloseEpoch();
        Begin(TrainingBoundary.Task(State.Tasks, classes), State with { Tasks = State.Tasks + 1 });
    }

    /// <summary>Says that the examples of a class begin. It ends an epoch that <see cref="BeginEpoch"/> has begun.</summary>
    /// <param name="classId">The class, which is also its row of the classifier.</param>
    public void BeginClass(int classId)
    {
        using var turn = Acquire();
        CloseEpoch();
        Begin(TrainingBoundary.Class(State.Classes, classId), State with { Classes = State.Classes + 1 });
    }

    /// <summary>
    /// Says that a pass over data begins, for steps by <see cref="TrainStep(TBatch)"/>. It ends at the next boundary, at <see cref="EndEpoch"/>, or when a <c>Fit</c> begins; then learning-rate schedules
    /// of epochs make their step, and observers are told. <see cref="TrainerState.EpochSteps"/> counts its steps, so that a resumed loop knows where to go on.
    /// </summary>
    public void BeginEpoch()
    {
        using var turn = Acquire();
        CloseEpoch();
        Begin(TrainingBoundary.Epoch(State.Epochs), State with { Epochs = State.Epochs + 1, EpochSteps = 0 });
        _isOwnEpoch = true;
    }

    /// <summary>Says that the epoch that <see cref="BeginEpoch"/> has begun is over; if none is open, nothing happens.</summary>
    public void EndEpoch()
    {
        using var turn = Acquire();
        CloseEpoch();
    }

    /// <summary>Makes one optimization step: forward, loss, backward, rules, clipping, update. Observers are told, and checkpoints saved, as by <c>Fit</c>.</summary>
    /// <param name="batch">On the model's device.</param>
    /// <returns>The loss before the update.</returns>
    /// <exception cref="NonFiniteStepException">The loss, a gradient or a buffer is NaN or infinite; nothing has been updated.</exception>
    /// <exception cref="InvalidOperationException">The loss is not a scalar, or another thread is using the trainer.</exception>
    public double TrainStep(TBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var turn = Acquire();
        GradientMode.EnsureOn();
        return Alone(() => Step(batch, CountInEpoch));
    }

    /// <summary>Makes one optimization step of a forward pass of one's own, such as of several batches or heads. It is not taken in parts.</summary>
    /// <param name="forward">Makes the forward pass. It is called again by rules and optimizers that make further passes.</param>
    /// <returns>The loss before the update.</returns>
    /// <exception cref="NonFiniteStepException">The loss, a gradient or a buffer is NaN or infinite; nothing has been updated.</exception>
    /// <exception cref="InvalidOperationException">The loss is not a scalar, or another thread is using the trainer.</exception>
    public double TrainStep(Func<StepResult> forward)
    {
        ArgumentNullException.ThrowIfNull(forward);
        using var turn = Acquire();
        GradientMode.EnsureOn();
        return Alone(() => Step(() => BatchPasses<TBatch>.Differentiate(forward), 0, CountInEpoch));
    }

    /// <summary>Makes what is trained on of a batch that was read.</summary>
    private protected virtual TBatch Prepare(TBatch batch) => batch;

    /// <summary>Says that the step of what was prepared has failed.</summary>
    private protected virtual void Discard()
    {
    }

    /// <summary>Makes the forward pass of a batch or of a part of it.</summary>
    private protected abstract StepResult Forward(TBatch batch);

    /// <summary>Makes the forward pass of one example, to look at its layers.</summary>
    private protected virtual void Look(TBatch example) => Forward(example);

    /// <summary>How an example is told from others that layers treat otherwise.</summary>
    private protected virtual string ShapeOf(TBatch example) => "of this type";

    /// <summary>To be called after the passes over the parts of a batch.</summary>
    private protected virtual void EnsureSum(TBatch whole, Tensor? outputs, Tensor loss)
    {
    }

    private protected void Begin(TrainingBoundary boundary, TrainerState begun)
    {
        LastBoundary = boundary;
        Signal(boundary, begun);
    }

    /// <param name="batch">What is trained on.</param>
    /// <param name="counted">What the step counts for besides itself. Observers may fail: it counts before they are told.</param>
    private double Step(TBatch batch, Func<TrainerState, TrainerState> counted)
    {
        EnsureNotAlone(batch);
        using var scope = NewDisposeScope();
        try
        {
            var own = Prepare(batch);
            return Step(() => _passes.Differentiate(own), CountOf(own), counted);
        }
        catch
        {
            Discard();
            throw;
        }
    }

    private double Step(Func<StepResult> pass, long examples, Func<TrainerState, TrainerState> counted)
    {
        var (step, started) = (State.Steps, TrainingTelemetry.StepStarts());
        SignalStep();
        using var scope = NewDisposeScope();
        Pass.ClearGradients();
        using var before = Optimizers[0] is OptimizerHelper ? null : Pass.Remember(); // such a one makes further passes, of which one may fail
        var gradient = Pass.Prepare(pass, step, LastBoundary);
        Update(gradient, pass, before);
        Count(counted(State with { Steps = step + 1, IsStepBegun = false }));
        Measure(gradient, examples, started);
        AdvanceLearningRates(BoundaryKind.StepBoundary);
        if (Observers.Count > 0)
        {
            var made = new TrainingStep(step, gradient.Value, gradient.Norm, gradient.Result.Outputs, gradient.Result.Labels);
            Tell(observer => observer.OnStep(made));
        }

        return gradient.Value;
    }

    private void Measure(in StepGradient gradient, long examples, long started)
    {
        var (_, outputs, labels) = gradient.Result;
        TrainingTelemetry.Stepped(
            GetType().Name,
            started,
            examples,
            gradient.Value,
            TrainingTelemetry.WantsLearningRate ? Optimizers[0].ParamGroups.First().LearningRate : null,
            TrainingTelemetry.WantsAccuracy && outputs is not null && labels is not null && ClassHits.AreClassIds(outputs, labels) ? ClassHits.Fraction(outputs, labels) : null);
    }

    // As a Fit does it.
    private double Alone(Func<double> step)
    {
        var loss = step();
        FollowStep();
        return loss;
    }

    // An epoch of an interrupted Fit stays open for the next one.
    private void CloseEpoch()
    {
        if (State.EpochSteps is not null && !Feeds.IsOpen)
        {
            EndOfEpoch(state => state, isEmpty: State.EpochSteps == 0);
        }

        _isOwnEpoch = false;
    }

    /// <param name="counted">What its end counts for besides itself.</param>
    /// <param name="isEmpty">Whether no step was made in it, so that no rate moves and no observer is told.</param>
    private void EndOfEpoch(Func<TrainerState, TrainerState> counted, bool isEmpty = false)
    {
        Count(counted(State with { EpochSteps = null }));
        if (isEmpty)
        {
            return;
        }

        AdvanceLearningRates(BoundaryKind.EpochBoundary);
        Tell(observer => observer.OnEpochEnded(State.Epochs - 1));
    }

    private TrainerState CountInEpoch(TrainerState state) => Feeds.IsOpen ? state : state with { EpochSteps = state.EpochSteps + 1 };

    private protected static long CountOf(TBatch batch) => batch is IBatch<TBatch> counted ? counted.Count : 0;

    private void EnsureNotAlone(TBatch batch)
    {
        if (batch is IBatch<TBatch> known)
        {
            EnsureNoneAlone(known, [known.Count]);
        }
    }

    /// <param name="examples">Some that come in batches of <paramref name="sizes"/>.</param>
    /// <param name="sizes">Some of which may be one example, or leave one over when they are taken in parts.</param>
    private protected void EnsureNoneAlone(IBatch<TBatch> examples, IEnumerable<long> sizes)
    {
        if (_passes.LeavesOneAlone(sizes))
        {
            using var scope = NewDisposeScope();
            var one = examples.Slice(0, 1);
            _statistics.EnsureFor(ShapeOf(one), () => Look(one));
        }
    }

    /// <param name="gradient">Of the pass that was made.</param>
    /// <param name="pass">For an optimizer that evaluates the loss itself (LBFGS).</param>
    /// <param name="before">All as it was before that pass, for such an optimizer; null for others.</param>
    private void Update(in StepGradient gradient, Func<StepResult> pass, TensorMemo? before)
    {
        if (before is null)
        {
            Pass.Update(gradient);
            return;
        }

        try
        {
            new NativeClosure(gradient.Result.Loss, () =>
            {
                Pass.ClearGradients();
                return Pass.Prepare(pass, State.Steps, LastBoundary).Result.Loss;
            }).Step(Optimizers[0]);
            Pass.Updated(gradient);
        }
        catch
        {
            before.Restore();
            throw;
        }
    }

    internal override IReadOnlyDictionary<string, object?> Settings =>
        new Dictionary<string, object?>(base.Settings, StringComparer.Ordinal) { ["micro_batch_size"] = _passes.PartSize };

    internal void SetMicroBatchSize(int size) => _passes.PartSize = size;
}
