using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>Whether weights from a file can be trained with. Of buffers nothing is asked: masks are infinite.</summary>
internal static class FiniteWeights
{
    private const int Told = 5;

    /// <summary>Which tensors hold NaN or infinity and how many; at most five are told. Null if none does.</summary>
    /// <param name="parameters">By name; of any device and type.</param>
    public static string? Faults(IEnumerable<(string Name, Tensor Values)> parameters) =>
        Found(parameters) is { Count: > 0 } found ? $"NaN or infinite numbers in {Listing(found)}" : null;

    /// <summary>The tensors that hold NaN or infinity: how many entries, of how many.</summary>
    /// <param name="tensors">By name; of any device and type, sparse ones too.</param>
    public static IReadOnlyList<(string Name, long Count, long Of)> Found(IEnumerable<(string Name, Tensor Values)> tensors)
    {
        var found = new List<(string, long, long)>();
        foreach (var (name, values) in tensors)
        {
            using var scope = NewDisposeScope();
            var numbers = values.is_sparse ? values.to_dense() : values;
            var others = numbers.isfinite().logical_not().sum().item<long>();
            if (others > 0)
            {
                found.Add((name, others, numbers.numel()));
            }
        }

        return found;
    }

    /// <summary>At most five of them.</summary>
    public static string Listing(IReadOnlyList<(string Name, long Count, long Of)> found)
    {
        var more = found.Count > Told ? $", and {found.Count - Told} more" : "";
        return string.Join(", ", found.Take(Told).Select(f => $"'{f.Name}' ({f.Count} of {f.Of})")) + more;
    }
}
