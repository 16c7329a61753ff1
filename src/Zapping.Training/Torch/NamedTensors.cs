using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>The tensors that make up where a model is.</summary>
internal static class NamedTensors
{
    /// <summary>Its parameters and all of its buffers, those too that are not saved, by name; the tensors are the model's own.</summary>
    public static List<KeyValuePair<string, Tensor>> Of(nn.Module model) =>
    [
        .. model.named_parameters().Select(own => new KeyValuePair<string, Tensor>(own.name, own.parameter)),
        .. model.named_buffers().Select(own => new KeyValuePair<string, Tensor>(own.name, own.buffer)),
    ];
}
