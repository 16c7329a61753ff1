using TorchSharp.Modules;
using Zapping.Training.Safetensors;
using static TorchSharp.torch;

namespace Zapping.Training.Checkpoints;

/// <summary>The gradients of the last step, which some policies read at the boundary after it.</summary>
internal static class GradientMemory
{
    /// <summary>Those that are there, by the names of their parameters, in the current dispose scope.</summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> Of(nn.Module model)
    {
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (parameter.grad is { } gradient)
            {
                yield return new(name, gradient.is_sparse ? gradient.to_dense() : gradient);
            }
        }
    }

    /// <summary>Reads those that were saved; the result puts them in place, and takes away what is there of others.</summary>
    /// <param name="model">The model.</param>
    /// <param name="saved">By the names of parameters.</param>
    /// <exception cref="InvalidDataException">One has another shape than its parameter.</exception>
    public static Action Plan(nn.Module model, SafetensorsFile saved)
    {
        var gradients = model.named_parameters().Select(own => (own.parameter, Gradient: saved.Contains(own.name) ? Read(saved, own.name, own.parameter) : null)).ToList();
        return () => gradients.ForEach(own => own.parameter.grad = own.Gradient);
    }

    private static Tensor Read(SafetensorsFile saved, string name, Parameter parameter)
    {
        var gradient = saved.Read(name);
        return gradient.shape.AsSpan().SequenceEqual(parameter.shape)
            ? gradient.to(parameter.dtype, parameter.device)
            : throw new InvalidDataException($"its gradient of '{name}' has shape [{string.Join(", ", gradient.shape)}], not [{string.Join(", ", parameter.shape)}].");
    }
}
