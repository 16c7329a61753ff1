using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>A model of one input and one output, for what runs it on an example.</summary>
public static class TensorModel
{
    /// <summary>The model as one of one input and one output.</summary>
    /// <param name="model">The model.</param>
    /// <param name="feature">What needs it, for the message.</param>
    /// <exception cref="NotSupportedException">It is of another signature.</exception>
    public static nn.Module<Tensor, Tensor> Of(nn.Module model, string feature)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model as nn.Module<Tensor, Tensor> ?? throw new NotSupportedException(
        $"{feature} runs the model on an example, and {ModuleName.Of(model)} is no Module<Tensor, Tensor>. Give the policy to UseReset, made of a part of the model that is one.");
    }
}
