using static TorchSharp.torch;

namespace Zapping.Continual.Memory;

/// <summary>What statistics and selections refuse.</summary>
internal static class FiniteFeatures
{
    /// <param name="features">Should be [n, d].</param>
    /// <param name="count">n.</param>
    /// <param name="of">Whose they are.</param>
    /// <exception cref="ArgumentException">They are not, or not finite.</exception>
    public static void Ensure(Tensor features, long count, string of)
    {
        if (features.dim() != 2 || features.size(0) != count || !features.is_floating_point())
        {
            throw new ArgumentException($"Features of {of} are to be [{count}, d] floating-point numbers, and not [{string.Join(", ", features.shape)}] of type {features.dtype}.", nameof(features));
        }

        using var scope = NewDisposeScope();
        if (!features.isfinite().all().item<bool>())
        {
            throw new ArgumentException($"Features of {of} ({count} examples) are NaN or infinite: look at the learning rate, and at the inputs.", nameof(features));
        }
    }
}
