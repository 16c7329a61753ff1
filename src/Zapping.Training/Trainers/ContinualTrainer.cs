using TorchSharp.Modules;
using Zapping.Training.Data;
using Zapping.Training.Native;
using Zapping.Training.Steps;
using Zapping.Training.Telemetry;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Trains any <see cref="nn.Module{T, TResult}">Module&lt;Tensor, Tensor&gt;</see> with any optimizer and loss, and
/// signals the boundaries at which resets happen. A thin layer over <see cref="ZapScheduler"/>:
/// <code>
/// using var trainer = new ContinualTrainer(model, optimizer).UseZapping(every: ClassBoundary);
/// trainer.Fit(stream);
/// </code>
/// </summary>
public sealed partial class ContinualTrainer : Trainer
{
    private TrainingBoundary? _lastBoundary;
    private int? _microBatch;
    private long _units;

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
    /// <param name="loss">Maps (outputs, labels) to a scalar; default: mean softmax cross-entropy.</param>
    public ContinualTrainer(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<optim.Optimizer> optimizers,
        Func<Tensor, Tensor, Tensor>? loss = null)
        : base(model, optimizers, loss)
    {
        if (optimizers.Count > 1 && optimizers.Any(o => o is not OptimizerHelper))
        {
            throw new NotSupportedException("A native optimizer (LBFGS) evaluates the loss itself and cannot be combined with others.");
        }
    }

    /// <summary>Says that a task begins.</summary>
    /// <param name="classes">Its class ids.</param>
    public void BeginTask(params IReadOnlyList<int> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        using var turn = Acquire();
        Begin(TrainingBoundary.Task(State.Tasks, classes), State with { Tasks = State.Tasks + 1 });
    }

    /// <summary>Says that the examples of a class begin.</summary>
    /// <param name="classId">The class, which is also its row of the classifier.</param>
    public void BeginClass(int classId)
    {
        using var turn = Acquire();
        Begin(TrainingBoundary.Class(State.Classes, classId), State with { Classes = State.Classes + 1 });
    }

    /// <summary>Says that a pass over shuffled data begins.</summary>
    public void BeginEpoch()
    {
        using var turn = Acquire();
        Begin(TrainingBoundary.Epoch(State.Epochs), State with { Epochs = State.Epochs + 1 });
    }

    /// <summary>Makes one optimization step: forward, loss, backward, clipping, update.</summary>
    /// <param name="inputs">[n, …], on the model's device.</param>
    /// <param name="labels">What the loss expects, usually [n] class ids as 64-bit integers.</param>
    /// <returns>The loss before the update.</returns>
    /// <exception cref="NonFiniteStepException">The loss is NaN or infinite; nothing has been updated.</exception>
    /// <exception cref="InvalidOperationException">The loss is not a scalar, or another thread is using the trainer.</exception>
    public double TrainStep(Tensor inputs, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(labels);
        using var turn = Acquire();
        GradientMode.EnsureOn();
        return Step(inputs, labels, state => state);
    }

    /// <param name="inputs">[n, …].</param>
    /// <param name="labels">What the loss expects.</param>
    /// <param name="counted">What the step counts for besides itself. Observers may fail: it counts before they are told.</param>
    private double Step(Tensor inputs, Tensor labels, Func<TrainerState, TrainerState> counted)
    {
        var step = State.Steps;
        EnsureNoneAlone(inputs, [inputs.shape[0]]);
        SignalStep();
        using var scope = NewDisposeScope();
        Pass.ClearGradients();
        using var before = Optimizers[0] is OptimizerHelper ? null : Pass.Remember(); // such a one makes further passes, of which one may fail
        var (outputs, loss, value, norm) = Pass.Prepare(() => Differentiate(inputs, labels), State.Steps, _lastBoundary);
        Update(loss, inputs, labels, before);
        Count(counted(State with { Steps = step + 1, IsStepBegun = false }));
        TrainingTelemetry.Stepped(GetType().Name);
        AdvanceLearningRates(BoundaryKind.StepBoundary);
        if (Observers.Count > 0)
        {
            var made = new TrainingStep(step, value, norm, outputs, labels);
            foreach (var observer in Observers)
            {
                observer.OnStep(made);
            }
        }

        return value;
    }

    /// <param name="inputs">[n, …]: examples that come in batches of <paramref name="sizes"/>.</param>
    /// <param name="sizes">Some of which may be one example, or leave one over when they are taken in parts.</param>
    private void EnsureNoneAlone(Tensor inputs, IEnumerable<long> sizes)
    {
        if (sizes.Any(size => size == 1 || (_microBatch is { } part && size > part && (part == 1 || size % part == 1))))
        {
            Pass.EnsureFitsAlone(inputs);
        }
    }

    // The model is asked for its number of outputs only when a class comes that is beyond what it was known to have.
    private void EnsureUnit(long classId, Tensor examples)
    {
        if (!LabelsAreUnits || classId < _units)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var outputs = Look(examples);
        _units = outputs.dim() == 2 ? outputs.size(1) : long.MaxValue;
        ClassLoss.EnsureUnit(classId, _units);
    }

    private void EnsureLabels(ISizedBatches source)
    {
        if (!LabelsAreUnits)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var outputs = Look(source.Examples.Inputs);
        var looked = Math.Min(2, source.Examples.Labels.size(0));
        if (outputs.dim() == 0 || outputs.size(0) != looked)
        {
            return; // the loss will say what it takes
        }

        ClassLoss.EnsureFit(outputs, source.Examples.Labels.narrow(0, 0, looked));
        if (source.Classes is { } range)
        {
            ClassLoss.EnsureUnit(range.Max, outputs.size(1));
        }
    }

    // The outputs for one or two examples, in eval mode and without gradients; nothing of the model is changed.
    private Tensor Look(Tensor examples)
    {
        using var noGrad = no_grad();
        using var buffers = new BufferScope(Model);
        using var mode = new EvalModeScope(Model);
        return Model.call(examples.narrow(0, 0, Math.Min(2, examples.shape[0])));
    }

    private void Begin(TrainingBoundary boundary, TrainerState begun)
    {
        _lastBoundary = boundary;
        Signal(boundary, begun);
    }

    // Leaves the gradient of the whole batch in the parameters.
    private (Tensor Outputs, Tensor Loss) Differentiate(Tensor inputs, Tensor labels)
    {
        var count = inputs.shape[0];
        if (_microBatch is not { } size || count <= size)
        {
            var (all, whole) = Pass.Forward(inputs, labels);
            BackwardPass.Of(whole);
            return (all.detach(), whole.detach());
        }

        if (labels.shape is not [var labeled, ..] || labeled != count)
        {
            throw new ArgumentException($"A batch of {count} inputs cannot be taken in parts with labels [{string.Join(", ", labels.shape)}].", nameof(labels));
        }

        var outputs = new List<Tensor>();
        var losses = new List<Tensor>();
        for (long start = 0; start < count; start += size)
        {
            using var part = NewDisposeScope();
            var length = Math.Min(size, count - start);
            var (scores, loss) = Pass.Forward(inputs.narrow(0, start, length), labels.narrow(0, start, length));
            var share = loss * ((double)length / count);
            BackwardPass.Of(share); // gradients add up
            outputs.Add(scores.detach().MoveToOuterDisposeScope());
            losses.Add(share.detach().MoveToOuterDisposeScope());
        }

        var (together, sum) = (cat(outputs), stack(losses).sum());
        MicroBatchSum.Ensure(Pass.Loss, together, labels, sum);
        return (together, sum);
    }

    /// <param name="loss">Of the forward pass that was made.</param>
    /// <param name="inputs">For an optimizer that evaluates the loss itself (LBFGS).</param>
    /// <param name="labels">Likewise.</param>
    /// <param name="before">All as it was before that pass, for such an optimizer; null for others.</param>
    private void Update(Tensor loss, Tensor inputs, Tensor labels, TensorMemo? before)
    {
        if (before is null)
        {
            foreach (var optimizer in Optimizers)
            {
                optimizer.step();
            }

            return;
        }

        try
        {
            new NativeClosure(loss, () =>
            {
                Pass.ClearGradients();
                return Pass.Prepare(() => Differentiate(inputs, labels), State.Steps, _lastBoundary).Loss;
            }).Step(Optimizers[0]);
        }
        catch
        {
            before.Restore();
            throw;
        }
    }

    internal override IReadOnlyDictionary<string, object?> Settings =>
        new Dictionary<string, object?>(base.Settings, StringComparer.Ordinal) { ["micro_batch_size"] = _microBatch };

    internal void SetMicroBatchSize(int size) => _microBatch = size;
}
