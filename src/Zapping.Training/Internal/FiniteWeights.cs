using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>Whether weights from a file can be trained with. Of buffers nothing is asked: masks are infinite.</summary>
internal static class FiniteWeights
{
    private const int Told = 5;

    /// <summary>Which tensors hold NaN or infinity and how many; at most five are told. Null if none does.</summary>
    /// <param name="parameters">By name; of any device and type.</param>
    public static string? Faults(IEnumerable<(string Name, Tensor Values)> parameters)
    {
        var faults = new List<string>();
        foreach (var (name, values) in parameters)
        {
            using var finite = values.isfinite();
            using var count = finite.sum();
            var others = values.numel() - count.item<long>();
            if (others > 0)
            {
                faults.Add($"'{name}' ({others} of {values.numel()})");
            }
        }

        var more = faults.Count > Told ? $", and {faults.Count - Told} more" : "";
        return faults.Count == 0 ? null : $"NaN or infinite numbers in {string.Join(", ", faults.Take(Told))}{more}";
    }
}
