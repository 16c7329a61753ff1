using Zapping.Training.Data;
using Zapping.Training.Native;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Trains any <see cref="nn.Module{T, TResult}">Module&lt;Tensor, Tensor&gt;</see> with any optimizer and loss, and
/// signals the boundaries at which resets happen. A thin layer over <see cref="ZapScheduler"/>:
/// <code>
/// using var trainer = new ContinualTrainer(model, optimizer).UseZapping(every: ClassBoundary);
/// trainer.Fit(stream, batchSize: 16);
/// </code>
/// Models of other signatures are trained by a <see cref="ContinualTrainer{TBatch}"/>.
/// </summary>
public sealed class ContinualTrainer : BatchTrainer<LabeledBatch>
{
    private readonly Func<StepContext, Tensor> _loss;
    private readonly Func<Tensor, Tensor, Tensor>? _simpleLoss;
    private readonly bool _labelsAreUnits;
    private readonly List<ILossTerm> _terms = [];
    private readonly List<Func<LabeledBatch, LabeledBatch>> _transforms = [];
    private readonly List<Action> _discards = [];
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
        : base(model, optimizers)
    {
        Model = model;
        _labelsAreUnits = loss is null;
        var simple = _simpleLoss = loss ?? ClassLoss.CrossEntropy;
        _loss = step => simple(step.Outputs, step.Labels);
    }

    /// <summary>Makes a trainer whose loss looks at more than outputs and labels, such as inputs, the examples' numbers or what began last.</summary>
    /// <param name="model">Maps inputs [n, …] to outputs, usually logits [n, classes].</param>
    /// <param name="optimizers">At least one.</param>
    /// <param name="loss">Maps a step to a scalar.</param>
    public ContinualTrainer(nn.Module<Tensor, Tensor> model, IReadOnlyList<optim.Optimizer> optimizers, Func<StepContext, Tensor> loss)
        : base(model, optimizers)
    {
        ArgumentNullException.ThrowIfNull(loss);
        (Model, _loss) = (model, loss);
    }

    /// <summary>The model that is trained: inputs [n, …] to outputs, usually logits [n, classes].</summary>
    public new nn.Module<Tensor, Tensor> Model { get; }

    /// <summary>Makes one optimization step: forward, loss, backward, rules, clipping, update. Observers are told, and checkpoints saved, as by <c>Fit</c>.</summary>
    /// <param name="inputs">[n, …], on the model's device.</param>
    /// <param name="labels">What the loss expects, usually [n] class ids as 64-bit integers.</param>
    /// <returns>The loss before the update.</returns>
    /// <exception cref="NonFiniteStepException">The loss is NaN or infinite; nothing has been updated.</exception>
    /// <exception cref="InvalidOperationException">The loss is not a scalar, or another thread is using the trainer.</exception>
    public double TrainStep(Tensor inputs, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(labels);
        return TrainStep(new LabeledBatch(inputs, labels));
    }

    /// <summary>
    /// Trains on tasks and classes in the order in which they come, each example once:
    /// task boundary, class boundary, steps, next class. If an earlier call was interrupted, the stream is given from its beginning, and gone on with where it stopped.
    /// </summary>
    /// <param name="stream">Read lazily, one task at a time.</param>
    /// <param name="batchSize">Examples per step, at least 1; in sequential transfer, as published, 1.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Ends training between two steps; a later call goes on there. To end it for good: <see cref="Trainer.RequestStop"/>.</param>
    /// <exception cref="OperationCanceledException">Training was canceled; the model has the last finished step.</exception>
    /// <exception cref="NonFiniteStepException">The loss is NaN or infinite.</exception>
    public TrainingSummary Fit(
        IEnumerable<TrainingTask> stream, int batchSize, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        using var turn = Acquire();
        return FitExperiences(stream.Select(task => new ClassByClass(task, batchSize)), FeedDescription.OfStream(batchSize), progress, cancellationToken);
    }

    /// <summary>Maps (outputs, labels) to a scalar, for evaluations.</summary>
    /// <exception cref="InvalidOperationException">The loss looks at more than that.</exception>
    public Func<Tensor, Tensor, Tensor> Loss => _simpleLoss ?? throw new InvalidOperationException(
        "The trainer's loss looks at more of a step than outputs and labels: say which loss an evaluation is to have.");

    internal override IReadOnlyDictionary<string, object?> Settings => new Dictionary<string, object?>(base.Settings, StringComparer.Ordinal)
    {
        ["loss_terms"] = _terms.Select(DescriptionJson.SettingsOf),
    };

    internal void Add(ILossTerm term) => _terms.Add(term);

    internal void Add(Func<LabeledBatch, LabeledBatch> transform) => _transforms.Add(transform);

    /// <param name="discard">Called when the step of a batch has failed.</param>
    internal void AfterFailedSteps(Action discard) => _discards.Add(discard);

    private protected override LabeledBatch Prepare(LabeledBatch batch) => _transforms.Aggregate(batch, (made, transform) => transform(made));

    private protected override void Discard() => _discards.ForEach(discard => discard());

    private protected override StepResult Forward(LabeledBatch batch)
    {
        var outputs = Model.call(batch.Inputs);
        var step = new StepContext(Model, batch, outputs, State.Steps, LastBoundary);
        var loss = _loss(step);
        foreach (var term in _terms)
        {
            loss = loss.Plus(term.Value(step));
        }

        return new(loss, outputs, batch.Labels);
    }

    private protected override void Look(LabeledBatch example) => Model.call(example.Inputs);

    private protected override string ShapeOf(LabeledBatch example) => $"[{string.Join(", ", example.Inputs.shape)}]";

    private protected override void EnsureSum(LabeledBatch whole, Tensor? outputs, Tensor loss)
    {
        if (_simpleLoss is not null && _terms.Count == 0) // of others the value for the whole cannot be told without another pass
        {
            MicroBatchSum.Ensure(_simpleLoss, outputs!, whole.Labels, loss);
        }
    }

    private protected override void EnsureSound(IBatchSource<LabeledBatch> source, IReadOnlyList<int> classes)
    {
        if (source is not ISizedBatches sized)
        {
            EnsureUnits(classes, null);
            return;
        }

        EnsureNoneAlone(sized.Examples, sized.Sizes);
        if (!_labelsAreUnits)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var outputs = OutputsOf(sized.Examples.Inputs);
        var looked = Math.Min(2, sized.Examples.Labels.size(0));
        if (outputs.dim() == 0 || outputs.size(0) != looked)
        {
            return; // the loss will say what it takes
        }

        ClassLoss.EnsureFit(outputs, sized.Examples.Labels.narrow(0, 0, looked));
        if (sized.ClassIds is [.., var largest])
        {
            ClassLoss.EnsureUnit(largest, UnitsAfterGrowth(outputs.size(1), classes));
        }
    }

    private protected override void EnsureSound(Experience<LabeledBatch> experience)
    {
        if (experience is not ClassByClass { Task: var task } byClass)
        {
            base.EnsureSound(experience);
            return;
        }

        if (task.Classes.Count == 0)
        {
            throw new ArgumentException($"Task {State.FinishedTasks} has no classes.", nameof(experience));
        }

        foreach (var (classId, inputs) in task.Classes)
        {
            if (classId < 0 || inputs.dim() == 0 || inputs.shape[0] == 0)
            {
                throw new ArgumentException(
                    $"Task {State.FinishedTasks} has a class {classId} with examples [{string.Join(", ", inputs.shape)}]; class ids are 0 or more, and examples [n, …] with n at least 1. "
                    + "Leave out a class that has none.",
                    nameof(experience));
            }

            EnsureNoneAlone(new LabeledBatch(inputs, inputs), BatchSizes.Of(inputs.shape[0], byClass.BatchSize));
        }

        EnsureUnits(experience.Classes, task.Classes[0].Inputs);
    }

    // The model is asked for its number of outputs only when a class comes that is beyond what it was known to have.
    private void EnsureUnits(IReadOnlyList<int> classes, Tensor? examples)
    {
        if (!_labelsAreUnits || examples is null || classes.Max() is var largest && largest < _units)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var outputs = OutputsOf(examples);
        _units = outputs.dim() == 2 ? UnitsAfterGrowth(outputs.size(1), classes) : long.MaxValue;
        ClassLoss.EnsureUnit(classes.Max(), _units);
    }

    private long UnitsAfterGrowth(long units, IReadOnlyList<int> classes) =>
        GrowingHead is null || classes.Count == 0 ? units : Math.Max(units, classes.Max() + 1L);

    // The outputs for one or two examples, in eval mode and without gradients; nothing of the model is changed.
    private Tensor OutputsOf(Tensor examples)
    {
        using var noGrad = no_grad();
        using var buffers = new BufferScope(Model);
        using var mode = new EvalModeScope(Model);
        return Model.call(examples.narrow(0, 0, Math.Min(2, examples.shape[0])));
    }
}
