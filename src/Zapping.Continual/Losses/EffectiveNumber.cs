namespace Zapping.Continual.Losses;

/// <summary>Weights of classes by the effective number of their examples (Cui et al., 2019), as FOSTER's released code has them; its paper prints another formula, which its author says is not meant.</summary>
public static class EffectiveNumber
{
    /// <summary>E_n = 1 − β^n; a class's weight is (1 − β) / E_n, divided by the sum over classes, times their number. Few examples give a weight above 1.</summary>
    /// <param name="counts">Training examples of each class, at least 1: exemplars for old classes.</param>
    /// <param name="beta">β, from 0 to below 1; published: 0.94 to 0.98 for boosting, 0.97 for compression. 0 gives equal weights.</param>
    /// <returns>As many weights, whose mean is 1.</returns>
    /// <exception cref="ArgumentException">A class has no example.</exception>
    public static IReadOnlyList<double> Weights(IReadOnlyList<int> counts, double beta)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfNegative(beta);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta, 1);
        if (counts.Any(count => count < 1))
        {
            throw new ArgumentException("A class has no example, so it has no weight: leave it out.", nameof(counts));
        }

        double[] raw = [.. counts.Select(count => (1 - beta) / (1 - Math.Pow(beta, count)))];
        var sum = raw.Sum();
        return [.. raw.Select(weight => weight / sum * counts.Count)];
    }
}
