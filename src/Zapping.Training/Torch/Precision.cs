using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>What to compute in: single precision at least, as sums and squares of half types would overflow.</summary>
public static class Precision
{
    /// <summary>Double for double, single for all else.</summary>
    /// <param name="values">What is computed with.</param>
    public static ScalarType Of(Tensor values) => Ensured(values).dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    /// <summary>The values in that precision; the tensor itself if it is of double precision.</summary>
    /// <param name="values">Of any type.</param>
    public static Tensor Precise(this Tensor values) => Ensured(values).dtype == ScalarType.Float64 ? values : values.to(ScalarType.Float32);

    private static Tensor Ensured(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values;
    }
}
