using static TorchSharp.torch;

namespace Zapping.Training.Diagnostics;

/// <summary>
/// How many directions a set of features fills, read off the singular values s_1 >= s_2 >= … of the matrix of features, which is not
/// centred. Each rank lies between 1 and min(examples, dimensions), is 0 where all features are 0, and NaN where one is not finite.
/// </summary>
/// <param name="Examples">Rows of the matrix.</param>
/// <param name="Dimensions">Columns of the matrix.</param>
/// <param name="EffectiveRank">
/// exp(-sum_k p_k ln p_k) with p_k = s_k / sum_j s_j, after Roy and Vetterli, "The effective rank: a measure of effective
/// dimensionality" (EUSIPCO 2007).
/// </param>
/// <param name="StableRank">
/// sum_k s_k² / s_1², the squared Frobenius norm over the squared spectral norm, after Rudelson and Vershynin, "Sampling from large
/// matrices" (J. ACM 2007), who call it the numerical rank.
/// </param>
/// <param name="Srank">
/// The smallest k with sum_(i&lt;=k) s_i >= (1 - delta) · sum_i s_i: a whole number; after Kumar et al., "Implicit
/// under-parameterization inhibits data-efficient deep reinforcement learning" (ICLR 2021), with delta 0.01.
/// </param>
/// <param name="MeanNorm">Mean L2 norm of a row, in units of the features.</param>
public sealed record FeatureStatistics(
    long Examples, long Dimensions, double EffectiveRank, double StableRank, double Srank, double MeanNorm)
{
    /// <summary>
    /// The smallest k with sum_(i&lt;=k) s_i² >= (1 - delta) · sum_i s_i²: a whole number, the directions that hold 99 % of the variance with delta 0.01; after Yang et al., "Harnessing structures for
    /// value-based planning and reinforcement learning" (ICLR 2020). <see cref="Srank"/> is the same of the singular values themselves.
    /// </summary>
    public double ApproximateRank { get; init; }

    /// <summary>Reads them off a matrix, in double precision on the CPU.</summary>
    /// <param name="features">[examples, dimensions], neither 0; not changed.</param>
    /// <param name="srankDelta">delta, from 0 to 1; default 0.01.</param>
    /// <exception cref="ArgumentException">The features are no matrix, or an empty one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">delta is not from 0 to 1.</exception>
    public static FeatureStatistics Compute(Tensor features, double srankDelta = 0.01)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.dim() != 2 || features.numel() == 0)
        {
            throw new ArgumentException(
                $"Features are a matrix [examples, dimensions], but these are [{string.Join(", ", features.shape)}].", nameof(features));
        }

        if (srankDelta is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(srankDelta), srankDelta, $"delta must be from 0 to 1, but is {srankDelta}.");
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var matrix = features.detach().cpu().to(ScalarType.Float64);
        var norm = (matrix * matrix).sum([1]).sqrt().mean().item<double>();
        var singular = double.IsFinite(norm) ? linalg.svdvals(matrix).data<double>().ToArray() : [double.NaN];
        return new FeatureStatistics(
            features.size(0), features.size(1), EffectiveRankOf(singular), StableRankOf(singular), SrankOf(singular, srankDelta), norm)
        {
            ApproximateRank = SrankOf(Array.ConvertAll(singular, value => value * value), srankDelta),
        };
    }

    internal static double EffectiveRankOf(double[] singular)
    {
        var sum = singular.Sum();
        return sum == 0 ? 0 : Math.Exp(-singular.Where(value => value != 0).Sum(value => value / sum * Math.Log(value / sum)));
    }

    private static double StableRankOf(double[] singular) =>
        singular[0] == 0 ? 0 : singular.Sum(value => value / singular[0] * (value / singular[0]));

    private static double SrankOf(double[] singular, double delta)
    {
        var sum = singular.Sum();
        if (sum is 0 or double.NaN)
        {
            return sum;
        }

        var (rank, reached) = (1, singular[0]);
        while (rank < singular.Length && reached < (1 - delta) * sum)
        {
            reached += singular[rank++];
        }

        return rank;
    }
}
