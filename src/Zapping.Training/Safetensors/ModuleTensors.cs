using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Safetensors;

/// <summary>The parameters and persistent buffers of a module by name.</summary>
internal static class ModuleTensors
{
    /// <summary>
    /// What <c>state_dict()</c> has, and tied weights under each of their names, as in PyTorch: TorchSharp's Sequential
    /// leaves out all but the first.
    /// </summary>
    public static Dictionary<string, Tensor> Of(nn.Module module)
    {
        var tensors = module.state_dict();
        var saved = tensors.Values.Select(TensorIdentity.Of).ToHashSet();
        foreach (var (path, part) in ParameterCatalog.Modules(module))
        {
            foreach (var (name, parameter) in part.named_parameters(recurse: false))
            {
                if (saved.Contains(TensorIdentity.Of(parameter)))
                {
                    tensors.TryAdd(ParameterCatalog.Join(path, name), parameter);
                }
            }
        }

        return tensors;
    }

    /// <summary>
    /// Whether this is the batch counter of a normalization. PyTorch's are Int64 always; TorchSharp's are of the type that
    /// the layer was made with.
    /// </summary>
    public static bool IsCounter(string name) => name.Split('.')[^1] == "num_batches_tracked";
}
