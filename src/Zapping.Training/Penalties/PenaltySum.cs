using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.Penalties;

/// <summary>What the penalties of layers or parameters come to.</summary>
internal static class PenaltySum
{
    /// <summary>strength · sum of the terms, on the device and in the type of the first.</summary>
    /// <param name="terms">Scalars, at least one.</param>
    /// <param name="strength">The factor of all.</param>
    public static Tensor Of(IReadOnlyList<Tensor> terms, double strength)
    {
        using Scalar factor = strength;
        return stack([.. terms.Select(term => term.to(terms[0].dtype, terms[0].device))]).sum().mul(factor);
    }
}
