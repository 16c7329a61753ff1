using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Heads;

/// <summary>
/// Minimum-norm least squares by singular values (LAPACK's gelsd), which TorchSharp does not bind: its own <c>lstsq</c> takes
/// gelsy, which tells the rank from a pivoted QR. The normal equations would square the condition number.
/// </summary>
internal static class LeastSquares
{
    private static readonly AtenScript Script = new(
        """
        def solve(a: Tensor, b: Tensor, rcond: float, solution: Tensor, rank: Tensor):
            found = torch.linalg_lstsq(a, b, rcond=rcond, driver="gelsd")
            solution.copy_(found[0])
            rank.copy_(found[2])
        """);

    /// <summary>The shortest x of those with the smallest |a x - b|, for each column of b.</summary>
    /// <param name="a">[m, n], double precision on the CPU, finite.</param>
    /// <param name="b">[m, k], likewise.</param>
    /// <returns>
    /// [n, k], and the rank of a: singular values below eps * max(m, n) of the largest count as 0, as with numpy's
    /// <c>lstsq(rcond=None)</c>.
    /// </returns>
    public static (Tensor Solution, int Rank) MinimumNorm(Tensor a, Tensor b)
    {
        var cutOff = Math.BitIncrement(1.0) - 1;
        using var rank = zeros([], ScalarType.Int64);
        var solution = empty([a.size(1), b.size(1)], ScalarType.Float64);
        Script.Invoke("solve", a, b, cutOff * Math.Max(a.size(0), a.size(1)), solution, rank);
        return (solution, (int)rank.item<long>());
    }
}
