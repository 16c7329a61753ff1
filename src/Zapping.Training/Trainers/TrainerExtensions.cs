using Microsoft.Extensions.Logging;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Heads;
using Zapping.Training.Native;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>What every trainer can be given besides its model; each method returns the trainer, so that calls can be chained.</summary>
public static class TrainerExtensions
{
    /// <summary>Runs a reset policy at the boundaries of a schedule; may be called several times.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; a <see cref="BoundaryKind"/> alone means every boundary of that kind.</param>
    /// <param name="policy">What is reset. To have it disposed of with the trainer: <see cref="Trainer.RegisterForDispose"/>.</param>
    /// <exception cref="ArgumentException">The schedule is invalid, the trainer never comes to such a boundary, or the policy cannot serve it.</exception>
    public static TTrainer UseReset<TTrainer>(this TTrainer trainer, ResetSchedule every, IResetPolicy policy)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(every);
        ArgumentNullException.ThrowIfNull(policy);
        trainer.Add(policy, every);
        return trainer;
    }

    /// <summary>Clips the global L2 norm of all gradients before each update.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="maxNorm">A number above 0, finite in single precision.</param>
    public static TTrainer UseGradientClipping<TTrainer>(this TTrainer trainer, double maxNorm)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        Guard.NonNegative(maxNorm);
        Guard.Single(maxNorm);
        ArgumentOutOfRangeException.ThrowIfZero(maxNorm);
        trainer.ClipGradients(maxNorm);
        return trainer;
    }

    /// <summary>
    /// Whether each step looks for NaN and infinity in its gradients before the update, which is the default: one that is found costs a batch, and one that is not costs the
    /// model. Looking reads every gradient once, which in steps of single examples may take some percent of the time (docs/performance.md). Without it a loss, a buffer or a
    /// norm that is not finite is still found, and <see cref="CheckpointStore.Save(Trainer, double?, IReadOnlyDictionary{string, string}?)"/> still refuses weights that are not.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="check">Whether gradients are looked at.</param>
    public static TTrainer UseGradientChecks<TTrainer>(this TTrainer trainer, bool check)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        trainer.LookAtGradients(check);
        return trainer;
    }

    /// <summary>
    /// Takes each batch in parts whose gradients add up to its own (gradient accumulation): the same step but for
    /// rounding, with the activations of one part in memory at a time. The loss must be a mean over examples, and
    /// examples must not see each other: batch normalization in train mode takes its statistics part by part.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="microBatchSize">Examples in a part, at least 1; the last part of a batch may be smaller.</param>
    public static ContinualTrainer UseGradientAccumulation(this ContinualTrainer trainer, int microBatchSize)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(microBatchSize);
        trainer.SetMicroBatchSize(microBatchSize);
        return trainer;
    }

    /// <summary>Like <see cref="UseGradientAccumulation(ContinualTrainer, int)"/>, for batches of a type of one's own, which must be an <see cref="IBatch{TSelf}"/> of itself.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="microBatchSize">Examples in a part, at least 1; the last part of a batch may be smaller.</param>
    /// <exception cref="ArgumentException">The batches cannot be taken in parts.</exception>
    public static ContinualTrainer<TBatch> UseGradientAccumulation<TBatch>(this ContinualTrainer<TBatch> trainer, int microBatchSize)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(microBatchSize);
        if (!typeof(IBatch<TBatch>).IsAssignableFrom(typeof(TBatch)))
        {
            throw new ArgumentException($"Batches of type {typeof(TBatch).Name} cannot be taken in parts, as it is no IBatch<{typeof(TBatch).Name}>.", nameof(trainer));
        }

        trainer.SetMicroBatchSize(microBatchSize);
        return trainer;
    }

    /// <summary>Adds a term to the loss of each step; several add up. Checkpoints hold what a term keeps that is an <see cref="ITrainingMemory"/>, as if <see cref="UseMemory"/> had been called with it.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="term">Its value, with its factor, is added.</param>
    /// <exception cref="ArgumentException">What the term keeps has a name that is taken, or that cannot be part of a file's name.</exception>
    public static ContinualTrainer UseLoss(this ContinualTrainer trainer, ILossTerm term)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(term);
        Remember(trainer, term);
        trainer.Add(term);
        return trainer;
    }

    /// <summary>Adds a term to the loss of each step; several add up.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="term">Gives a scalar that is added, for example <c>step => 1e-3 * step.Outputs.square().mean()</c>.</param>
    /// <param name="name">Of the term, which a resume compares.</param>
    public static ContinualTrainer UseLoss(this ContinualTrainer trainer, Func<StepContext, Tensor> term, string name = "term")
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(term);
        ArgumentException.ThrowIfNullOrEmpty(name);
        trainer.Add(new LossTerm(term, name));
        return trainer;
    }

    /// <summary>
    /// Changes each batch before its step, such as by augmentation on the device or by examples from a memory; several follow one another. Observers, the loss and gradient accumulation see what the last gave.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="transform">Called once for each step, in the dispose scope that ends with it, after the boundaries of an epoch, a class or a task and before that of the step.</param>
    public static ContinualTrainer UseBatchTransform(this ContinualTrainer trainer, Func<LabeledBatch, LabeledBatch> transform)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(transform);
        trainer.Add(transform);
        return trainer;
    }

    /// <summary>
    /// Adds a rule between backward pass and update; several follow one another. Checkpoints hold what a rule keeps that is an <see cref="ITrainingMemory"/>, as if <see cref="UseMemory"/> had been called with it.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="rule">The rule.</param>
    /// <exception cref="ArgumentException">What the rule keeps has a name that is taken, or that cannot be part of a file's name.</exception>
    public static TTrainer UseUpdateRule<TTrainer>(this TTrainer trainer, IUpdateRule rule)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(rule);
        Remember(trainer, rule);
        trainer.Add(rule);
        return trainer;
    }

    /// <summary>Has checkpoints hold what is kept beside the model.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="memory">It, by a name that no other memory of the trainer has. One that the trainer has already is not added again.</param>
    /// <exception cref="ArgumentException">The name is taken, or cannot be part of a file's name.</exception>
    public static TTrainer UseMemory<TTrainer>(this TTrainer trainer, ITrainingMemory memory)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(memory);
        trainer.Add(memory);
        return trainer;
    }

    /// <summary>
    /// Gives the classifier units as classes come: at each boundary that names classes, before its resets, it grows to the largest class id and one. A resume grows it to the size in the checkpoint.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="head">Which layer is the classifier: a <see cref="TorchSharp.Modules.Linear"/> or a 1x1 <see cref="TorchSharp.Modules.Conv2d"/>; default: the model's only linear layer.</param>
    /// <param name="options">What new rows start from; default: see there.</param>
    /// <exception cref="InvalidOperationException">The classifier cannot be told, or the trainer has a growing head already.</exception>
    /// <remarks>Old rows, what optimizers remember of them, and everything that holds the parameters stay as they are (<see cref="HeadGrowth"/>).</remarks>
    public static TTrainer UseGrowingHead<TTrainer>(this TTrainer trainer, HeadSelector? head = null, HeadGrowthOptions? options = null)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        var growing = new GrowingHead(head ?? HeadSelector.Single(), OptionsValidator.Validate(options ?? new HeadGrowthOptions()));
        growing.Ensure(trainer.Model);
        trainer.Add(growing);
        return trainer;
    }

    /// <summary>Steps a learning-rate scheduler of TorchSharp after each step or epoch.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="scheduler">The scheduler, made for one of the trainer's optimizers.</param>
    /// <param name="every">
    /// <see cref="BoundaryKind.StepBoundary"/>, of which an episode has one, or
    /// <see cref="BoundaryKind.EpochBoundary"/> (default).
    /// </param>
    /// <exception cref="ArgumentException">Another kind, one to which the trainer never comes, or a scheduler that waits for a metric.</exception>
    /// <remarks>
    /// A resume brings a new scheduler to where the saved one was by stepping it, and compares its class and its options. The options of TorchSharp's classes are read from their
    /// private fields, such as <c>step_size</c>, <c>gamma</c> and <c>milestones</c>, those of the schedulers that a SequentialLR or a ChainedLR is made of too; functions, as of
    /// LambdaLR and MultiplicativeLR, cannot be compared. A class of your own says what determines it through <see cref="IDescribed"/>.
    /// </remarks>
    public static TTrainer UseLearningRateScheduler<TTrainer>(
        this TTrainer trainer, optim.lr_scheduler.LRScheduler scheduler, BoundaryKind every = BoundaryKind.EpochBoundary)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(scheduler);
        if (scheduler is optim.lr_scheduler.impl.ReduceLROnPlateau)
        {
            throw new ArgumentException(
                $"{nameof(optim.lr_scheduler.ReduceLROnPlateau)} waits for a number to improve: say which, as UseLearningRateScheduler(schedule, metric: () => validationLoss).", nameof(scheduler));
        }

        trainer.Add(new LearningRateSchedule(scheduler, EnsureSteppable(every), metric: null));
        return trainer;
    }

    /// <summary>Steps a learning-rate scheduler that waits for a number to improve, such as <c>ReduceLROnPlateau</c>, after each step or epoch.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="scheduler">The scheduler, made for one of the trainer's optimizers.</param>
    /// <param name="metric">
    /// Gives the number, which must be finite, for example the loss on validation data. It is called on the training thread. Checkpoints hold what it gave, so that a
    /// resumed scheduler is where the saved one was.
    /// </param>
    /// <param name="every"><see cref="BoundaryKind.StepBoundary"/> or <see cref="BoundaryKind.EpochBoundary"/> (default).</param>
    /// <exception cref="ArgumentException">Another kind, or one to which the trainer never comes.</exception>
    public static TTrainer UseLearningRateScheduler<TTrainer>(
        this TTrainer trainer, optim.lr_scheduler.LRScheduler scheduler, Func<double> metric, BoundaryKind every = BoundaryKind.EpochBoundary)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentNullException.ThrowIfNull(metric);
        trainer.Add(new LearningRateSchedule(scheduler, EnsureSteppable(every), metric));
        return trainer;
    }

    /// <summary>Adds an observer.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="observer">Told on the training thread.</param>
    public static TTrainer UseObserver<TTrainer>(this TTrainer trainer, ITrainingObserver observer)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(observer);
        trainer.Add(observer);
        return trainer;
    }

    /// <summary>
    /// Writes what happens to a log. Unlike an observer, it has nothing measured: norms are not computed for it, and a level that is
    /// switched off costs a look at the switch.
    /// <list type="table">
    /// <listheader><term>event</term><description>level and occasion</description></listheader>
    /// <item><term>1 TaskBegins</term><description>Information</description></item>
    /// <item><term>2 EpochBegins</term><description>Information</description></item>
    /// <item><term>3 ClassBegins</term><description>Debug; of episodes too</description></item>
    /// <item><term>10 WasReset</term><description>Debug; policy, rows, microseconds, boundary and which reset it was</description></item>
    /// <item><term>20 CheckpointSaved</term><description>Information</description></item>
    /// <item><term>21 Resumed</term><description>Information</description></item>
    /// <item><term>22 CheckpointFailed</term><description>Warning; a periodic checkpoint, and training goes on</description></item>
    /// <item><term>23 ResumedOnOtherArithmetic</term><description>Information; the convolutions of the saved run were computed by other code (<see cref="ConvolutionGuard"/>)</description></item>
    /// <item><term>30 NonFiniteStep</term><description>Error; <see cref="NonFiniteStepException"/> follows</description></item>
    /// <item><term>40 Convolutions</term><description>Warning; oneDNN was switched off, or convolutions are wrong (<see cref="ConvolutionGuard"/>)</description></item>
    /// <item><term>41 LargeBlocksGivenBack</term><description>Information; the training thread is one whose large blocks glibc gives back (<see cref="NativeAllocator"/>)</description></item>
    /// <item><term>50 SettingsChanged</term><description>Information; settings that were changed while training are in force from the next boundary on</description></item>
    /// <item><term>51 SettingsRefused</term><description>Warning; changed settings are invalid or cannot be changed while training, and the old ones stay</description></item>
    /// </list>
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="log">Where to; it takes the place of an earlier one.</param>
    public static TTrainer UseLogging<TTrainer>(this TTrainer trainer, ILogger log)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(log);
        trainer.Log = log;
        return trainer;
    }

    private static void Remember(Trainer trainer, object part)
    {
        if (part is ITrainingMemory memory)
        {
            trainer.Add(memory);
        }
    }

    private static BoundaryKind EnsureSteppable(BoundaryKind every) => every is BoundaryKind.StepBoundary or BoundaryKind.EpochBoundary
        ? every
        : throw new ArgumentOutOfRangeException(nameof(every), every, "Learning rates change per step or per epoch.");
}
