using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Continual.Losses;

/// <summary>Sums and products whose numbers are kept until libtorch has read them, which the operators of TorchSharp do not do.</summary>
internal static class Arithmetic
{
    public static Tensor Plus(this Tensor left, Tensor right)
    {
        using Scalar one = 1;
        return left.add(right, one);
    }

    public static Tensor Times(this Tensor values, double factor)
    {
        using Scalar number = factor;
        return values * number;
    }

    public static Tensor Over(this Tensor values, double divisor)
    {
        using Scalar number = divisor;
        return values / number;
    }

    public static Tensor Squared(this Tensor values) => values * values;
}
