using static TorchSharp.torch;

namespace Zapping.Training.Heads;

/// <summary>
/// The features of examples: what reaches a model's classifier, a <see cref="TorchSharp.Modules.Linear"/> layer, in eval mode and without gradients. For what is computed of features: nearest class means, statistics, a
/// classifier that is trained alone.
/// </summary>
public static class FeatureEncoder
{
    /// <summary>Encodes examples.</summary>
    /// <param name="model">Ends with its classifier. Nothing of it is changed, its mode and its buffers included.</param>
    /// <param name="head">Which layer is the classifier; default: the model's only linear layer.</param>
    /// <param name="inputs">[n, …], n at least 1, on the model's device.</param>
    /// <param name="batchSize">Examples at a time, at least 1; default 250.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <returns>[n, features], a new tensor that belongs to no dispose scope.</returns>
    /// <exception cref="ArgumentException">There is no example.</exception>
    /// <exception cref="InvalidOperationException">The classifier cannot be told.</exception>
    /// <exception cref="NotSupportedException">The classifier is no linear layer, or its output is not the model's.</exception>
    public static Tensor Encode(nn.Module<Tensor, Tensor> model, HeadSelector? head, Tensor inputs, int batchSize = 250, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (inputs.dim() == 0 || inputs.size(0) == 0)
        {
            throw new ArgumentException($"Inputs [{string.Join(", ", inputs.shape)}] have no example to encode.", nameof(inputs));
        }

        using var extractor = new FeatureExtractor(model, HeadLayer.Find(model, head ?? HeadSelector.Single()));
        return extractor.Of(inputs, batchSize, cancellationToken);
    }
}
