using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>Sums of tensors. TorchSharp's <c>+</c> hands native code the number 1 by an object that nobody keeps, which the collector may take before it is read.</summary>
internal static class TensorSum
{
    /// <summary>left + right; a new tensor.</summary>
    public static Tensor Plus(this Tensor left, Tensor right)
    {
        using Scalar once = 1;
        return left.add(right, alpha: once);
    }
}
