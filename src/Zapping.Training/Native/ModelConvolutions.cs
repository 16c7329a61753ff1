using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Native;

/// <summary>
/// The convolutions of a model, as far as they can be known without running it: the layers of TorchSharp that it consists of. A tensor of
/// three dimensions and more that belongs to none of them may be the kernel of another one.
/// </summary>
internal static class ModelConvolutions
{
    /// <summary>What oneDNN pads to whole vector blocks; the widest there are, of AVX-512.</summary>
    private const int Block = 16;

    /// <summary>Inputs of so few channels stay as they are, with blocks of 16 as of 8.</summary>
    private const int FewChannels = 8;

    /// <summary>Whether a model has parameters, and none of them on the CPU.</summary>
    public static bool IsElsewhere(nn.Module model) =>
        model is not jit.ScriptModule && model.parameters().ToList() is { Count: > 0 } parameters
        && parameters.TrueForAll(parameter => parameter.device_type != TorchSharp.DeviceType.CPU);

    /// <summary>The shapes of all convolutions of a model on the CPU, unless one of them cannot be known or has an incomplete block of channels.</summary>
    /// <param name="model">The model.</param>
    /// <param name="doubt">Why not; empty if <paramref name="shapes"/> are all.</param>
    /// <param name="shapes">Each once; at least one unless there is a doubt.</param>
    public static bool TryGetShapes(nn.Module model, out IReadOnlySet<ConvolutionShape> shapes, out string doubt)
    {
        var found = new HashSet<ConvolutionShape>();
        var kernels = new HashSet<IntPtr>();
        shapes = found;
        foreach (var (name, module) in ParameterCatalog.Modules(model))
        {
            if (module is Convolution { weight: { } weight } layer)
            {
                kernels.Add(weight.Handle);
                if (weight.device_type != TorchSharp.DeviceType.CPU || weight.dtype == ScalarType.Float64)
                {
                    continue; // computed elsewhere, or by other code
                }

                var shape = ConvolutionShape.Of(layer);
                if (!IsOfWholeBlocks(shape) || weight.dtype != ScalarType.Float32)
                {
                    doubt = $"{Layer(name)} is a {shape}, {weight.dtype}";
                    return false;
                }

                found.Add(shape);
            }
            else if (module is LSTM or jit.ScriptModule)
            {
                doubt = $"{Layer(name)} is {(module is LSTM ? "an LSTM" : "a TorchScript module")}";
                return false;
            }
        }

        var other = model.named_parameters().Select(p => (p.name, Tensor: (Tensor)p.parameter))
            .Concat(model.named_buffers().Select(b => (b.name, Tensor: b.buffer)))
            .FirstOrDefault(t => t.Tensor.dim() >= 3 && t.Tensor.device_type == TorchSharp.DeviceType.CPU && !kernels.Contains(t.Tensor.Handle));
        doubt = other.name is not null ? $"{model.GetType().Name}: '{other.name}' [{string.Join(", ", other.Tensor.shape)}] may be the kernel of a convolution that is no layer"
            : found.Count == 0 ? $"{model.GetType().Name} has no convolution, and others may be computed beside it"
            : "";
        return doubt.Length == 0;

        string Layer(string name) => name.Length > 0 ? $"{model.GetType().Name}: layer '{name}'" : model.GetType().Name;
    }

    private static bool IsOfWholeBlocks(ConvolutionShape shape) =>
        !shape.Transposed && shape.Groups == 1 && shape.Out % Block == 0 && (shape.In % Block == 0 || shape.In <= FewChannels);
}
