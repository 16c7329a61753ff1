using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>What to compute in: single precision at least, as sums and squares of half types would overflow.</summary>
internal static class Precision
{
    public static ScalarType Of(Tensor values) => values.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    /// <summary>The values in that precision; the tensor itself if it is of double precision.</summary>
    public static Tensor Precise(this Tensor values) => values.dtype == ScalarType.Float64 ? values : values.to(ScalarType.Float32);
}
