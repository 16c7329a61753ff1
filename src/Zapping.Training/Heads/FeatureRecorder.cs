using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Heads;

/// <summary>
/// Copies of what reaches a classifier, call after call, until disposing. Unlike <see cref="FeatureExtractor"/>, it does not ask what comes after.
/// </summary>
internal sealed class FeatureRecorder : IDisposable
{
    private readonly Action _unhook;
    private readonly List<Tensor> _features = [];

    public FeatureRecorder(Linear head) => _unhook = head.register_forward_pre_hook((_, inputs) =>
    {
        // The model may write into its own tensors, or dispose of them, as soon as it goes on.
        _features.Add(inputs.detach().reshape(-1, inputs.size(-1)).clone().DetachFromDisposeScope());
        return inputs;
    }).remove;

    /// <summary>[n, features]: a row for each example and position; a new tensor.</summary>
    /// <exception cref="InvalidOperationException">The classifier was not called.</exception>
    public Tensor All => _features.Count > 0
        ? cat(_features)
        : throw new InvalidOperationException(
            "The classifier was not called in the model's forward pass, so there are no features. Call it with call(), not forward().");

    public void Dispose()
    {
        _unhook();
        _features.ForEach(tensor => tensor.Dispose());
    }
}
