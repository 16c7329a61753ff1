using Zapping.Continual.Memory;
using Zapping.Continual.Tasks;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using Zapping.Training.Validation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Continual.Learners;

/// <summary>
/// What learners are made of: one trainer for all tasks, so that resets, observers, clipping and checkpoints see one run, and for each task named phases, of which checkpoints know the open one. A method of one's own derives from it and
/// says its <see cref="Phases"/>, its loss and what it keeps.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
public abstract class PhasedLearner : IResumableLearner, IDisposable
{
    private readonly PhasePosition _position = new();
    private readonly List<ITrainingMemory> _memories = [];
    private readonly LearnerOptions _options;

    /// <summary>Makes a learner. Model and optimizer stay the caller's to dispose of.</summary>
    /// <param name="model">Maps inputs [n, …] to logits [n, units].</param>
    /// <param name="optimizer">Made for the model; what it remembers goes on from task to task.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <param name="configure">Adds resets, observers and what else a trainer takes.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of range.</exception>
    protected PhasedLearner(Module<Tensor, Tensor> model, optim.Optimizer optimizer, LearnerOptions options, Action<ContinualTrainer>? configure)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        _options = OptionsValidator.Validate(options) with { };
        Model = model;
        Trainer = new ContinualTrainer(model, [optimizer], Loss);
        Trainer.UseMemory(_position).UseUpdateRule(new Recipe(new Dictionary<string, object?>(StringComparer.Ordinal) { ["type"] = GetType().Name, ["options"] = _options.ToString() }));
        if (_options.GrowHead)
        {
            Trainer.UseGrowingHead(_options.Head);
        }

        configure?.Invoke(Trainer);
    }

    /// <inheritdoc/>
    public ContinualTrainer Trainer { get; }

    /// <inheritdoc/>
    public virtual Module<Tensor, Tensor> Classifier => Model;

    /// <inheritdoc/>
    public long MemoryBytes => _memories.Sum(MemorySize.Of);

    /// <summary>What the learner keeps beside the model, as checkpoints hold it.</summary>
    public IReadOnlyList<ITrainingMemory> Memories => _memories.AsReadOnly();

    /// <summary>Classes that have been learned, in the order in which they came.</summary>
    public IReadOnlyList<int> LearnedClasses => _position.Classes;

    /// <summary>The model that is trained.</summary>
    protected Module<Tensor, Tensor> Model { get; }

    /// <summary>The task that is being learned.</summary>
    /// <exception cref="InvalidOperationException">None is.</exception>
    protected IncrementalTask Task
    {
        get => field ?? throw new InvalidOperationException("No task is being learned.");
        private set;
    }

    /// <inheritdoc/>
    public void Learn(IncrementalTask task, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        TaskCheck.Ensure(task, _position.Tasks, _position.Classes);
        EnsureUnits(task);
        Ensure(task);
        Task = task;
        if (Trainer.State.Tasks == task.Index)
        {
            Prepare();
            Trainer.BeginTask(task.Classes);
        }

        foreach (var phase in Phases().Skip(_position.Phases))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Run(phase, cancellationToken);
            _position.EndPhase();
        }

        _position.EndTask(task.Classes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The loss of a step; default: mean softmax cross-entropy over all units.</summary>
    /// <param name="context">The step.</param>
    protected virtual Tensor Loss(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return functional.cross_entropy(context.Outputs, context.Labels);
    }

    /// <summary>Refuses a task before anything is changed; default: nothing more than what all learners refuse.</summary>
    /// <param name="task">The next task.</param>
    /// <exception cref="ArgumentException">It cannot be learned.</exception>
    protected virtual void Ensure(IncrementalTask task)
    {
    }

    /// <summary>Called before the task begins, so before its resets and before the classifier grows, such as for outputs of the model as it is. It may be called again if the task is interrupted before its first checkpoint.</summary>
    protected virtual void Prepare()
    {
    }

    /// <summary>What learning <see cref="Task"/> consists of, in order: the same phases whenever it is asked for the same task.</summary>
    protected abstract IReadOnlyList<Phase> Phases();

    /// <summary>Frees what the learner keeps.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Trainer.Dispose();
        }
    }

    /// <summary>Has checkpoints hold something, and its bytes counted; what it says of itself (<see cref="IDescribed"/>) is compared by a resume.</summary>
    /// <param name="memory">It.</param>
    protected void Keep(ITrainingMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        Trainer.UseMemory(memory);
        _memories.Add(memory);
        if (memory is IDescribed described)
        {
            Trainer.UseUpdateRule(new Recipe(described.Description));
        }
    }

    /// <summary>Training on the examples of the task, as aliases.</summary>
    /// <param name="epochs">How many; null for those of the options.</param>
    protected Phase TrainOnTask(int? epochs = null) => Phase.Train("train", () => Task.Data.Map(own => own.alias()), epochs ?? _options.Epochs);

    private void Run(Phase phase, CancellationToken cancellationToken)
    {
        if (phase.Compute is { } compute)
        {
            compute(cancellationToken);
            return;
        }

        if (_position.LastEpoch is null)
        {
            _position.BeginEpochs(Trainer.State.FinishedEpochs + phase.Epochs);
        }

        var examples = phase.Examples!().Keep();
        try
        {
            var source = new ShuffledBatches(examples.Inputs, examples.Labels, _options.BatchSize, _options.Seed);
            Trainer.FitUntilEpoch(source, checked((int)_position.LastEpoch!.Value), cancellationToken: cancellationToken);
        }
        finally
        {
            examples.Free();
        }
    }

    private void EnsureUnits(IncrementalTask task)
    {
        if (!_options.GrowHead && _options.Head.Find(Model).UnitCount is var units && task.Classes.Max() is var largest && largest >= units)
        {
            throw new ArgumentException(
                $"Class {largest} of task {task.Index} has no unit: the classifier has {units}, and {nameof(LearnerOptions.GrowHead)} is off. Give it more, or switch that on.", nameof(task));
        }
    }
}
