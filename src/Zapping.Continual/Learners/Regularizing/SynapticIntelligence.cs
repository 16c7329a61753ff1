using Zapping.Continual.Losses;
using Zapping.Continual.Memory;
using Zapping.Training;
using Zapping.Training.Steps;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Continual.Learners.Regularizing;

/// <summary>
/// Synaptic intelligence (Zenke, Poole and Ganguli, 2017): CE + c · Σ Ω_i (θ_i − θ*_i)², with Ω ← Ω + max(0, ω_i) / ((θ_i − start_i)² + ξ) at the end of each task, where ω_i = −Σ over its steps of g_i · Δθ_i is what the weight has done for the
/// loss, g the gradient without the penalty and before clipping. The way of a task begins at its first step, after resets.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class SynapticIntelligence : PhasedLearner
{
    private readonly SynapticIntelligenceOptions _options;
    private readonly QuadraticPenalty _penalty = new();
    private readonly PathIntegral _path;

    /// <summary>Makes a learner.</summary>
    /// <param name="model">Maps inputs [n, …] to logits [n, units]; it stays the caller's to dispose of.</param>
    /// <param name="optimizer">Made for the model.</param>
    /// <param name="options">Read now; default: see there.</param>
    /// <param name="configure">Adds resets, observers and what else a trainer takes.</param>
    public SynapticIntelligence(Module<Tensor, Tensor> model, optim.Optimizer optimizer, SynapticIntelligenceOptions? options = null, Action<ContinualTrainer>? configure = null)
        : base(model, optimizer, options ??= new SynapticIntelligenceOptions(), configure)
    {
        _options = options with { };
        _path = new PathIntegral(_penalty, _options.Strength);
        Keep(_penalty);
        Keep(_path);
        Trainer.UseUpdateRule(_path);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Phase> Phases() => [TrainOnTask(), Phase.Make("consolidate", _ => Consolidate())];

    /// <inheritdoc/>
    protected override Tensor Loss(StepContext context) => _penalty.IsEmpty ? base.Loss(context) : base.Loss(context).Plus(_penalty.Value(Model).Times(_options.Strength));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _penalty.Dispose();
        _path.Dispose();
    }

    private void Consolidate()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        _penalty.Consolidate(Model, _path.Importance(Model, _options.Damping));
        _path.BeginAnew();
    }
}
