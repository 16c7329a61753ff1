using TorchSharp.Modules;
using Zapping.Training.Episodes;
using Zapping.Training.Steps;
using Zapping.Training.Torch;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Meta-learned ASB: the inner loop starts from the slow weights theta_0 and ends with theta_n; the outer step moves
/// theta_0 by the derivative of the outer batch's loss at theta_n with respect to theta_0, through all inner steps
/// (second order), and theta_n is discarded. After "Reset It and Forget It", arXiv 2310.07996.
/// <para>
/// The derivative is taken backwards, one Hessian-vector product an inner step: with v_n the gradient at theta_n,
/// v_(i-1) = v_i - a H_i(theta_(i-1)) v_i for the inner parameters; each product's part in the other parameters adds
/// up to theirs. So it works for any module, and memory grows with the number of kept weights
/// (<see cref="MetaAsbOptions.WeightSnapshotInterval"/>), not with the graph.
/// </para>
/// <para>
/// Each inner forward pass is made again on the way back and must then repeat itself. Batch normalization may: its
/// running statistics take part in the inner loop and the outer batch once, and the passes made again leave them
/// alone; they are no part of what is discarded. Dropout in train mode cannot repeat itself and is refused, unless
/// <see cref="MetaAsbOptions.FirstOrder"/> is set. If an episode fails, the model has its slow weights again.
/// </para>
/// </summary>
public sealed class MetaAsbTrainer : EpisodicTrainer
{
    private readonly bool _firstOrder;
    private readonly InnerLoopTape _weights;

    /// <summary>Makes a trainer.</summary>
    /// <param name="model">Maps inputs [n, …] to outputs, usually logits [n, classes].</param>
    /// <param name="optimizer">Makes the outer steps; made after the model was moved to its device.</param>
    /// <param name="options">Read now. Default: see there.</param>
    /// <param name="loss">Maps (outputs, labels) to a scalar; default: mean softmax cross-entropy.</param>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    /// <exception cref="InvalidOperationException">The inner parameter set is empty.</exception>
    /// <exception cref="NotSupportedException">The optimizer is a native one (LBFGS).</exception>
    public MetaAsbTrainer(
        nn.Module<Tensor, Tensor> model,
        optim.Optimizer optimizer,
        MetaAsbOptions? options = null,
        Func<Tensor, Tensor, Tensor>? loss = null)
        : base(model, [optimizer], options = OptionsValidator.Validate(options ?? new MetaAsbOptions()), loss)
    {
        _firstOrder = options.FirstOrder;
        _weights = new InnerLoopTape(options.FirstOrder ? int.MaxValue : options.WeightSnapshotInterval);
    }

    internal override IReadOnlyDictionary<string, object?> Settings =>
        new Dictionary<string, object?>(base.Settings, StringComparer.Ordinal) { ["first_order"] = _firstOrder };

    private protected override StepResult OuterGradient(
        Episode episode, TrainingBoundary boundary, Action<Tensor> atAdapted)
    {
        if (!_firstOrder)
        {
            DeterminismCheck.Ensure(Model);
        }

        Pass.ClearGradients();
        var inner = InnerParameters.Resolve(Model);
        var others = Pass.Parameters.Where(p => p.requires_grad && !inner.Any(i => TensorIdentity.Same(i, p))).ToList();
        _weights.Begin(inner, episode.Inner.Labels.shape[0]);
        try
        {
            var losses = Adapt(episode, inner, boundary);
            var (outputs, outerLoss) = Forward(episode.Outer.Inputs, episode.Outer.Labels);
            atAdapted(outputs);
            var gradient = new MetaGradient(inner, others, Gradients.Of(outerLoss, [.. inner, .. others]));
            if (!_firstOrder)
            {
                using var statistics = new BufferScope(Model);
                PullBack(gradient, episode, losses);
            }

            gradient.HandOver(Pass.Parameters);
            return new(outerLoss.detach(), outputs.detach());
        }
        finally
        {
            _weights.End();
        }
    }

    private protected override void Dispose(bool disposing)
    {
        _weights.Dispose();
        base.Dispose(disposing);
    }

    private LossBuffer Adapt(Episode episode, IReadOnlyList<Parameter> inner, TrainingBoundary boundary)
    {
        var losses = new LossBuffer(episode.Inner.Labels);
        for (var step = 0; step < losses.Count; step++)
        {
            using var scope = NewDisposeScope();
            _weights.Pass(step);
            var place = step;
            InnerStep(episode, step, inner, loss => losses.Write(place, loss));
        }

        EnsureFinite(losses, boundary);
        return losses;
    }

    private void PullBack(MetaGradient gradient, Episode episode, LossBuffer losses)
    {
        var repeated = new LossBuffer(episode.Inner.Labels);
        for (var step = losses.Count - 1; step >= 0; step--)
        {
            for (var again = _weights.Rewind(step); again < step; again++)
            {
                using var between = NewDisposeScope();
                InnerStep(episode, again, gradient.Inner);
                if (again + 1 < step)
                {
                    _weights.Pass(again + 1, forTheWayBack: true);
                }
            }

            using var scope = NewDisposeScope();
            var loss = InnerLoss(episode, step);
            repeated.Write(step, loss);
            gradient.PullBack(Gradients.Of(loss, gradient.Inner, differentiable: true), InnerLearningRate);
        }

        DeterminismCheck.Ensure(losses.Values(), repeated.Values());
    }
}
