using TorchSharp;
using Zapping.Continual.Memory;
using Zapping.Training;
using Zapping.Training.Heads;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Continual.Learners.Features;

/// <summary>
/// Deep streaming linear discriminant analysis (Hayes and Kanan, 2020): the model is trained on the first task alone, or not at all, and then its features are frozen; each example of a task is looked at once, for a mean of its class and one
/// covariance Σ of all. With Λ = ((1 − ε)Σ + εI)⁻¹ the score of a class is μᵀΛz − ½ μᵀΛμ. No example is kept.
/// </summary>
/// <remarks>Resets begin with tasks: one at the second task or later changes frozen features only if it writes other layers than the classifier, and then the statistics no longer fit.</remarks>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class StreamingLda : PhasedLearner
{
    private readonly StreamingLdaOptions _options;
    private readonly StreamingGaussians _gaussians = new();
    private readonly FeatureClassifier _classifier;

    /// <summary>Makes a learner.</summary>
    /// <param name="model">Maps inputs [n, …] to logits [n, units]; it stays the caller's to dispose of.</param>
    /// <param name="optimizer">Made for the model, for the first task.</param>
    /// <param name="options">Read now; default: see there.</param>
    /// <param name="configure">Adds resets, observers and what else a trainer takes.</param>
    public StreamingLda(Module<Tensor, Tensor> model, optim.Optimizer optimizer, StreamingLdaOptions? options = null, Action<ContinualTrainer>? configure = null)
        : base(model, optimizer, options ??= new StreamingLdaOptions(), configure)
    {
        _options = options with { };
        _classifier = new FeatureClassifier(model, _options.Head, Score);
        Keep(_gaussians);
    }

    /// <inheritdoc/>
    public override Module<Tensor, Tensor> Classifier => _classifier;

    /// <inheritdoc/>
    protected override IReadOnlyList<Phase> Phases() => Task.Index == 0 ? [TrainOnTask(), Phase.Make("stream", Stream)] : [Phase.Make("stream", Stream)];

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _gaussians.Dispose();
        _classifier.Dispose();
    }

    private void Stream(CancellationToken cancel)
    {
        using var features = FeatureEncoder.Encode(Model, _options.Head, Task.Data.Inputs, cancellationToken: cancel);
        _gaussians.Observe(features, Task.Data.Labels);
    }

    private Tensor Score(Tensor features)
    {
        var covariance = _gaussians.Covariance ?? throw new InvalidOperationException("No task has been learned.");
        using Scalar keep = 1 - _options.Shrinkage;
        using Scalar shrink = _options.Shrinkage;
        using Scalar half = 0.5;
        using Scalar none = FeatureClassifier.None;
        var classes = _gaussians.Classes;
        var means = stack(classes.Select(_gaussians.Mean));
        var shrunk = (covariance * keep).add(eye(covariance.size(0), dtype: ScalarType.Float64), shrink);
        var weights = linalg.solve(shrunk, means.t()).t(); // [classes, d]
        var scores = features.cpu().to(ScalarType.Float64).matmul(weights.t()) - ((weights * means).sum(1) * half);
        var all = zeros([features.size(0), classes[^1] + 1], ScalarType.Float64).fill_(none);
        return all.index_copy_(1, tensor(classes.Select(id => (long)id).ToArray()), scores).to(features.dtype, features.device);
    }
}
