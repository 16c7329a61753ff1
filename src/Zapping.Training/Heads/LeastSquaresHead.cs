using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Heads;

/// <summary>
/// A linear classifier that is computed, not trained: the least-squares solution from features to one-hot targets, of minimum norm
/// where there are several. The zero-shot classifier of arXiv 2310.07996.
/// <code>
/// using var solution = LeastSquaresHead.Solve(features, labels, units: 1000);
/// solution.ApplyTo(classifier);
/// </code>
/// </summary>
/// <remarks>
/// It is solved in double precision on the CPU, by singular values (LAPACK's gelsd): 9000 features of width 2304 with 600 classes
/// take 23 seconds of processor time and 0.6 GB besides the features.
/// <para>
/// The paper's released code solves with <c>lstsq(rcond=-1)</c>, which counts singular values down to eps times the largest. With full
/// rank both are the same to rounding. Without (features that no support image activates, or that come twice), its weights grow to 1e12
/// and more, and a query image that does activate such a feature is multiplied by them.
/// </para>
/// </remarks>
public sealed class LeastSquaresHead : IDisposable
{
    private LeastSquaresHead(Tensor weight, Tensor bias, int rank)
    {
        Weight = weight;
        Bias = bias;
        Rank = rank;
    }

    /// <summary>[units, D], of the features' type and on their device; exactly 0 for units that no label names.</summary>
    public Tensor Weight { get; }

    /// <summary>[units], likewise.</summary>
    public Tensor Bias { get; }

    /// <summary>
    /// Rank of the design matrix [features, 1], at most the smaller of n and D + 1. If it is n, the classifier gives the one-hot
    /// targets themselves.
    /// </summary>
    public int Rank { get; }

    /// <summary>
    /// Solves min |[features, 1] W - onehot(labels)| for W of minimum norm; singular values below eps · max(n, D + 1) times the
    /// largest count as 0, as with numpy's <c>lstsq(rcond=None)</c>. The last row of W is the bias.
    /// </summary>
    /// <param name="features">[n, D], Float32 or Float64, finite.</param>
    /// <param name="labels">[n] class ids of type Int64, from 0 to <paramref name="units"/> - 1.</param>
    /// <param name="units">Output units, at least 1.</param>
    /// <exception cref="ArgumentException">
    /// The features are no such matrix or empty, or not finite; the labels are no such vector, or of another length.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A label has no unit, or there are none.</exception>
    public static LeastSquaresHead Solve(Tensor features, Tensor labels, int units)
    {
        EnsureFeatures(features);
        EnsureLabels(labels, features.size(0));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (used, columns, _) = labels.cpu().unique(sorted: true, return_inverse: true);
        EnsureUnits(used, units, nameof(labels));
        var precise = features.cpu().to(ScalarType.Float64);
        if (!precise.isfinite().all().item<bool>())
        {
            throw new ArgumentException("A feature is NaN or infinite, so there is no solution.", nameof(features));
        }

        // The columns are solved for one by one, and the solution for a target of zeros is 0.
        var targets = eye(used.size(0), dtype: ScalarType.Float64).index_select(0, columns!);
        var design = cat([precise, ones([features.size(0), 1], ScalarType.Float64)], 1);
        var (solution, rank) = LeastSquares.MinimumNorm(design, targets);
        var all = zeros([units, design.size(1)], ScalarType.Float64).index_copy_(0, used, solution.t());
        var placed = all.to(features.dtype, features.device);
        var weight = placed.narrow(1, 0, features.size(1)).clone().DetachFromDisposeScope();
        return new LeastSquaresHead(weight, placed.narrow(1, features.size(1), 1).reshape(units).clone().DetachFromDisposeScope(), rank);
    }

    /// <summary>Writes the solution into a layer, in place, so that optimizers go on holding its parameters.</summary>
    /// <param name="head">[units, D] with bias, of any floating-point type and device.</param>
    /// <exception cref="ArgumentException">The layer has another shape or no bias; nothing has been written.</exception>
    public void ApplyTo(Linear head)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (head.bias is not { } bias)
        {
            throw new ArgumentException("The layer has no bias, and the solution without its own is no solution.", nameof(head));
        }

        if (!head.weight.shape.AsSpan().SequenceEqual(Weight.shape))
        {
            throw new ArgumentException(
                $"The layer's weight is [{string.Join(", ", head.weight.shape)}], the solution's [{string.Join(", ", Weight.shape)}].", nameof(head));
        }

        using var noGrad = no_grad();
        head.weight.copy_(Weight);
        bias.copy_(Bias);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Weight.Dispose();
        Bias.Dispose();
    }

    private static void EnsureFeatures(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.dim() != 2 || features.numel() == 0 || features.dtype is not (ScalarType.Float32 or ScalarType.Float64))
        {
            throw new ArgumentException(
                $"Features are [n, D] of type Float32 or Float64, n and D at least 1, but these are [{string.Join(", ", features.shape)}] "
                + $"of type {features.dtype}.",
                nameof(features));
        }
    }

    private static void EnsureLabels(Tensor labels, long count)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.dim() != 1 || labels.size(0) != count || labels.dtype != ScalarType.Int64)
        {
            throw new ArgumentException(
                $"Labels are [{count}] of type Int64, one for each row of features, but these are [{string.Join(", ", labels.shape)}] "
                + $"of type {labels.dtype}.",
                nameof(labels));
        }
    }

    private static void EnsureUnits(Tensor used, int units, string name)
    {
        var (least, largest) = (used[0].item<long>(), used[-1].item<long>());
        if (least < 0 || largest >= units)
        {
            var wrong = least < 0 ? least : largest;
            throw new ArgumentOutOfRangeException(name, wrong, $"Label {wrong} has no unit: there are {units}, counted from 0.");
        }
    }
}
