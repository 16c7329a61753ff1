using TorchSharp.Modules;
using Zapping.Training.Episodes;
using Zapping.Training.Optimizers;
using Zapping.Training.Steps;
using Zapping.Training.Torch;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Alternating sequential and batch learning (ASB): what the inner loop changes stays, and the outer step goes on from
/// there. After "Reset It and Forget It", arXiv 2310.07996.
/// <code>
/// using var optimizer = optim.Adam(model.parameters(), 1e-3);
/// using var trainer = new AsbTrainer(model, optimizer).UseZapping(every: ClassBoundary);
/// trainer.Fit(new EpisodeSampler(new LabeledBatch(images, labels)), episodes: 9000);
/// </code>
/// Batch normalization and dropout act as in any training loop: each of the single images and the outer batch is a
/// forward pass in the model's mode. If an episode fails, the weights are as before it.
/// </summary>
public sealed class AsbTrainer : EpisodicTrainer
{
    private readonly bool _accumulate;

    /// <summary>Makes a trainer.</summary>
    /// <param name="model">Maps inputs [n, …] to outputs, usually logits [n, classes].</param>
    /// <param name="optimizer">Makes the outer steps; made after the model was moved to its device.</param>
    /// <param name="options">Read now. Default: see there.</param>
    /// <param name="loss">Maps (outputs, labels) to a scalar; default: mean softmax cross-entropy.</param>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    /// <exception cref="InvalidOperationException">The inner parameter set is empty.</exception>
    /// <exception cref="NotSupportedException">The optimizer is a native one (LBFGS).</exception>
    public AsbTrainer(
        nn.Module<Tensor, Tensor> model,
        optim.Optimizer optimizer,
        AsbOptions? options = null,
        Func<Tensor, Tensor, Tensor>? loss = null)
        : base(model, [optimizer], options = OptionsValidator.Validate(options ?? new AsbOptions()), loss) =>
        _accumulate = options.AccumulateInnerGradients;

    internal override IReadOnlyDictionary<string, object?> Settings =>
        new Dictionary<string, object?>(base.Settings, StringComparer.Ordinal) { ["accumulate_inner_gradients"] = _accumulate };

    private protected override IEnumerable<(string Name, Parameter Parameter)> MovedForGood => InnerParameters.ResolveNamed(Model);

    private protected override StepResult OuterGradient(
        Episode episode, TrainingBoundary boundary, Action<Tensor> atAdapted)
    {
        Pass.ClearGradients();
        var inner = InnerParameters.Resolve(Model);
        foreach (var parameter in inner)
        {
            parameter.grad = null; // also of one that no optimizer holds, which the last outer batch has left
        }

        var pilesUp = _accumulate && Pass.Parameters.Any(p => p.requires_grad && !inner.Any(i => TensorIdentity.Same(i, p)));
        var losses = new LossBuffer(episode.Inner.Labels);
        for (var step = 0; step < losses.Count; step++)
        {
            using var scope = NewDisposeScope();
            if (pilesUp)
            {
                var loss = InnerLoss(episode, step);
                losses.Write(step, loss);
                BackwardPass.Of(loss);
                FusedKernels.Descend(inner, [.. inner.Select(parameter => parameter.grad)], InnerLearningRate);
                foreach (var parameter in inner)
                {
                    parameter.grad = null;
                }
            }
            else
            {
                var place = step;
                InnerStep(episode, step, inner, loss => losses.Write(place, loss));
            }
        }

        EnsureFinite(losses, boundary);
        var (outputs, outerLoss) = Forward(episode.Outer.Inputs, episode.Outer.Labels);
        atAdapted(outputs);
        BackwardPass.Of(outerLoss);
        return new(outerLoss.detach(), outputs.detach());
    }
}
