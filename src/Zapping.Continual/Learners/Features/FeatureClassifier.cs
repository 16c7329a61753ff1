using Zapping.Training;
using Zapping.Training.Heads;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Continual.Learners.Features;

/// <summary>Scores classes by a model's features instead of its classifier.</summary>
/// <param name="model">The model, which stays its owner's.</param>
/// <param name="head">Its classifier, whose inputs are the features.</param>
/// <param name="score">Maps features [n, d] to scores [n, units], without gradients.</param>
internal sealed class FeatureClassifier(Module<Tensor, Tensor> model, HeadSelector head, Func<Tensor, Tensor> score) : Module<Tensor, Tensor>(nameof(FeatureClassifier))
{
    /// <summary>The score of a class that has not been learned: below all others, and finite, so that losses are.</summary>
    public const double None = -1e9;

    public override Tensor forward(Tensor input)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var features = FeatureEncoder.Encode(model, head, input);
        return score(features).MoveToOuterDisposeScope();
    }
}
