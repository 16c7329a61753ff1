using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>Whether a file has just the tensors that are wanted.</summary>
internal static class TensorNames
{
    /// <exception cref="InvalidDataException">A name is missing or too many, or a type or shape differs; up to five are told.</exception>
    public static void EnsureFit(SafetensorsFile file, IReadOnlyList<KeyValuePair<string, Tensor>> wanted, string owner)
    {
        var faults = new List<string>();
        foreach (var (name, tensor) in wanted)
        {
            if (!file.Contains(name))
            {
                faults.Add($"it lacks '{name}'");
            }
            else if (file[name].DataType != tensor.dtype || !file[name].Shape.SequenceEqual(tensor.shape))
            {
                faults.Add($"its '{name}' is {file[name]}, not {tensor.dtype} [{string.Join(", ", tensor.shape)}]");
            }
        }

        faults.AddRange(file.Names.Except(wanted.Select(own => own.Key), StringComparer.Ordinal).Select(name => $"it has '{name}' besides"));
        if (faults.Count > 0)
        {
            var more = faults.Count > 5 ? $", and {faults.Count - 5} more differences" : "";
            throw new InvalidDataException($"it is of another {owner}: {string.Join(", ", faults.Take(5))}{more}.");
        }
    }
}
