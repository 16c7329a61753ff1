using Zapping.Continual.Memory;
using Zapping.Continual.Tasks;
using Zapping.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Continual.Learners.Joint;

/// <summary>
/// Keeps all examples, and trains on those of all classes seen at each task: the upper bound that methods are compared with. It goes on from the weights of the task before, so it has had more steps by the last task than one training
/// on everything would have.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class JointTraining : PhasedLearner
{
    private readonly LearnerOptions _options;
    private readonly ExemplarMemory _all = ExemplarMemory.PerClass(int.MaxValue, ExemplarSelection.Random);

    /// <summary>Makes a learner.</summary>
    /// <param name="model">Maps inputs [n, …] to logits [n, units]; it stays the caller's to dispose of.</param>
    /// <param name="optimizer">Made for the model.</param>
    /// <param name="options">Read now; default: see there.</param>
    /// <param name="configure">Adds resets, observers and what else a trainer takes.</param>
    public JointTraining(Module<Tensor, Tensor> model, optim.Optimizer optimizer, LearnerOptions? options = null, Action<ContinualTrainer>? configure = null)
        : base(model, optimizer, options ??= new LearnerOptions(), configure)
    {
        _options = options with { };
        Keep(_all);
    }

    /// <inheritdoc/>
    protected override void Ensure(IncrementalTask task) => _all.EnsureTakes(task);

    /// <inheritdoc/>
    protected override IReadOnlyList<Phase> Phases() =>
    [
        Phase.Train("train", () => _all.With(Task.Data), _options.Epochs),
        Phase.Make("keep", _ => _all.Update(Task)),
    ];

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _all.Dispose();
    }
}
