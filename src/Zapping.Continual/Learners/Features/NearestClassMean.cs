using TorchSharp;
using Zapping.Continual.Learners.Distilling;
using Zapping.Continual.Memory;
using Zapping.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Continual.Learners.Features;

/// <summary>
/// Nearest class mean of exemplars, as in iCaRL (Rebuffi et al., 2017): training as of a <see cref="RehearsalLearner"/>, and the answer is the class whose mean of exemplars' features is the closest. Features are divided by their norms,
/// and so are the means. With <see cref="ExemplarSelection.Herding"/> the exemplars' mean is close to that of all examples.
/// </summary>
/// <remarks>iCaRL trains with a sigmoid for each class; this trains with softmax, as PyCIL does.</remarks>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class NearestClassMean : RehearsalLearner
{
    private readonly FeatureClassifier _classifier;
    private Tensor? _means; // [classes, d] in the order of the exemplars' classes; made anew from them, so no checkpoint needs it
    private long _meansOf = -1;

    /// <summary>Makes a learner.</summary>
    /// <param name="model">Maps inputs [n, …] to logits [n, units]; it stays the caller's to dispose of.</param>
    /// <param name="optimizer">Made for the model.</param>
    /// <param name="memory">The exemplars; disposed of with the learner.</param>
    /// <param name="options">Read now; default: see there.</param>
    /// <param name="configure">Adds resets, observers and what else a trainer takes.</param>
    public NearestClassMean(
        Module<Tensor, Tensor> model, optim.Optimizer optimizer, ExemplarMemory memory, RehearsalOptions? options = null, Action<ContinualTrainer>? configure = null)
        : base(model, optimizer, memory, options ??= new RehearsalOptions(), configure)
    {
        _classifier = new FeatureClassifier(model, options.Head, Score);
    }

    /// <inheritdoc/>
    public override Module<Tensor, Tensor> Classifier => _classifier;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _means?.Dispose();
        _classifier.Dispose();
    }

    private Tensor Score(Tensor features)
    {
        if (_means is null || _meansOf != Trainer.State.Steps)
        {
            _means?.Dispose();
            (_means, _meansOf) = (MeansOf().DetachFromDisposeScope(), Trainer.State.Steps);
        }

        var classes = Memory.Classes;
        using Scalar none = FeatureClassifier.None;
        var all = zeros([features.size(0), classes[^1] + 1], features.dtype, features.device).fill_(none);
        return all.index_copy_(1, tensor(classes.Select(id => (long)id).ToArray(), device: features.device), Unit(features).matmul(_means.t())); // of unit vectors the closest has the largest product
    }

    private Tensor MeansOf()
    {
        using var scope = NewDisposeScope();
        using var encoded = FeaturesOf(Memory.Data.Inputs);
        var features = Unit(encoded);
        Tensor[] means = [.. Memory.Classes.Select(id =>
        {
            using Scalar number = (long)id;
            return features[Memory.Data.Labels.eq(number)].mean([0]);
        })];
        return Unit(stack(means)).MoveToOuterDisposeScope();
    }

    private static Tensor Unit(Tensor features)
    {
        using Scalar least = 1e-24;
        return features / (features * features).sum(1, keepdim: true).clamp_min(least).sqrt();
    }
}
