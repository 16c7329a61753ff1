using Zapping.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Continual.Learners.Sequential;

/// <summary>Trains on each task alone, and keeps nothing: the lower bound that every method is to be compared with.</summary>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class SequentialFineTuning : PhasedLearner
{
    /// <summary>Makes a learner.</summary>
    /// <param name="model">Maps inputs [n, …] to logits [n, units]; it stays the caller's to dispose of.</param>
    /// <param name="optimizer">Made for the model.</param>
    /// <param name="options">Read now; default: see there.</param>
    /// <param name="configure">Adds resets, observers and what else a trainer takes.</param>
    public SequentialFineTuning(Module<Tensor, Tensor> model, optim.Optimizer optimizer, LearnerOptions? options = null, Action<ContinualTrainer>? configure = null)
        : base(model, optimizer, options ?? new LearnerOptions(), configure)
    {
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Phase> Phases() => [TrainOnTask()];
}
