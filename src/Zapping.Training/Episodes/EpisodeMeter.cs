using Zapping.Training.Native;
using static TorchSharp.torch;

namespace Zapping.Training.Episodes;

/// <summary>Looks at a model with the images of an episode, without gradients and in eval mode.</summary>
internal sealed class EpisodeMeter(nn.Module<Tensor, Tensor> model, Func<Tensor, Tensor, Tensor> loss)
{
    /// <param name="episode">What to look at.</param>
    /// <param name="outerOutputs">The model's outputs on the outer batch if they are known already.</param>
    public EpisodeMeasure Measure(Episode episode, Tensor? outerOutputs = null)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var mode = new EvalModeScope(model);
        var outer = outerOutputs?.detach() ?? model.call(episode.Outer.Inputs);
        var (inner, remember) = (episode.Inner.Labels.shape[0], episode.Remember.Labels.shape[0]);
        var holdsInner = outer.shape[0] > remember;
        return new EpisodeMeasure(
            loss(outer, episode.Outer.Labels).to(ScalarType.Float64).item<double>(),
            Accuracy(outer, episode.Outer.Labels),
            Accuracy(holdsInner ? outer.narrow(0, 0, inner) : model.call(episode.Inner.Inputs), episode.Inner.Labels),
            Accuracy(outer.narrow(0, outer.shape[0] - remember, remember), episode.Remember.Labels),
            episode.Validation is { } validation ? Accuracy(model.call(validation.Inputs), validation.Labels) : null);
    }

    /// <summary>NaN if the outputs are no scores of classes, or there are none.</summary>
    public static double Accuracy(Tensor outputs, Tensor labels)
    {
        if (outputs.dim() != 2 || labels.dim() != 1 || labels.dtype != ScalarType.Int64 || labels.shape[0] == 0)
        {
            return double.NaN;
        }

        using var scope = NewDisposeScope();
        return outputs.argmax(1).eq(labels).to(ScalarType.Float64).mean().item<double>();
    }
}
