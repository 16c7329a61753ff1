using Zapping.Continual.Memory;
using Zapping.Continual.Tasks;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Heads;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Continual.Learners.Replay;

/// <summary>
/// Experience replay (Chaudhry et al., "On Tiny Episodic Memories in Continual Learning", 2019): each step has a batch of the task and examples of before, in one forward pass. The memory takes its examples when a task has been
/// learned, so an example is in it once, however many epochs there were; for a buffer that is filled step by step, use
/// <see cref="Zapping.Training.Rehearsal.RehearsalTrainerExtensions.UseReplay"/> in <c>configure</c> of another learner.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class ExperienceReplay : PhasedLearner
{
    private readonly ExperienceReplayOptions _options;

    /// <summary>Makes a learner.</summary>
    /// <param name="model">Maps inputs [n, …] to logits [n, units]; it stays the caller's to dispose of.</param>
    /// <param name="optimizer">Made for the model.</param>
    /// <param name="memory">The examples of before; disposed of with the learner.</param>
    /// <param name="options">Read now; default: see there.</param>
    /// <param name="configure">Adds resets, observers and what else a trainer takes.</param>
    public ExperienceReplay(
        Module<Tensor, Tensor> model, optim.Optimizer optimizer, ExemplarMemory memory, ExperienceReplayOptions? options = null, Action<ContinualTrainer>? configure = null)
        : base(model, optimizer, options ??= new ExperienceReplayOptions(), configure)
    {
        ArgumentNullException.ThrowIfNull(memory);
        (_options, Memory) = (options with { }, memory);
        Keep(memory);
        Trainer.UseBatchTransform(Extend);
    }

    /// <summary>The examples of before.</summary>
    public ExemplarMemory Memory { get; }

    /// <inheritdoc/>
    protected override void Ensure(IncrementalTask task) => Memory.EnsureTakes(task);

    /// <inheritdoc/>
    protected override IReadOnlyList<Phase> Phases() =>
        [TrainOnTask(), Phase.Make("remember", cancel => Memory.Update(Task, inputs => FeatureEncoder.Encode(Model, _options.Head, inputs, cancellationToken: cancel)))];

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Memory.Dispose();
    }

    private LabeledBatch Extend(LabeledBatch batch)
    {
        if (Memory.Count == 0)
        {
            return batch;
        }

        var (inputs, labels) = Memory.Sample(_options.ReplayedExamples ?? _options.BatchSize, Trainer.State.Steps);
        return new LabeledBatch(cat([batch.Inputs, inputs]), cat([batch.Labels, labels]));
    }
}
