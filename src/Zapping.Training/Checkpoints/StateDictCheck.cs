using Zapping.Training.Heads;
using Zapping.Training.Safetensors;
using static TorchSharp.torch;

namespace Zapping.Training.Checkpoints;

/// <summary>Whether a file has just the tensors that are wanted.</summary>
internal static class StateDictCheck
{
    /// <summary>The owner whose classifier may have grown.</summary>
    public const string Model = "model";

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
            throw new InvalidDataException($"it is of another {owner}: {string.Join(", ", faults.Take(5))}{more}.{(owner == Model ? Growth(file, wanted, faults.Count) : "")}");
        }
    }

    // If all differences are numbers of rows, a classifier has grown on one side.
    private static string Growth(SafetensorsFile file, IReadOnlyList<KeyValuePair<string, Tensor>> wanted, int faults)
    {
        var grown = wanted.Where(own => file.Contains(own.Key) && file[own.Key].Shape is { Count: > 0 } saved && own.Value.dim() == saved.Count
            && saved[0] != own.Value.shape[0] && saved.Skip(1).SequenceEqual(own.Value.shape.Skip(1)) && file[own.Key].DataType == own.Value.dtype).ToList();
        if (grown.Count == 0 || grown.Count != faults)
        {
            return "";
        }

        var (name, own) = grown[0];
        var rows = file[name].Shape[0];
        return rows > own.shape[0]
            ? $" Its classifier has grown to {rows} units: give the model as many, by {nameof(HeadGrowth)}.{nameof(HeadGrowth.Grow)} with the optimizers, and resume then."
            : $" The classifier here has {own.shape[0]} units, and {rows} were saved: begin with {rows}, and let it grow after the resume.";
    }
}
