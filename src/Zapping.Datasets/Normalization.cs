namespace Zapping.Datasets;

/// <summary>
/// From a byte to what a network reads: (value / 255 - mean) / std of its channel, in single precision and in this
/// order, as torchvision computes it.
/// </summary>
public sealed class Normalization
{
    /// <summary>Keeps copies of both.</summary>
    /// <param name="mean">Mean per channel, after the division by 255; at least one channel.</param>
    /// <param name="std">Standard deviation per channel, above 0.</param>
    /// <exception cref="ArgumentException">The two differ in length, are empty, or hold an unusable number.</exception>
    public Normalization(IReadOnlyList<float> mean, IReadOnlyList<float> std)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(std);
        if (mean.Count == 0 || mean.Count != std.Count)
        {
            throw new ArgumentException($"{mean.Count} means and {std.Count} standard deviations given.", nameof(std));
        }

        if (!mean.All(float.IsFinite) || !std.All(value => float.IsFinite(value) && value > 0))
        {
            throw new ArgumentException("Means are finite, standard deviations finite and above 0.", nameof(std));
        }

        Mean = [.. mean];
        Std = [.. std];
    }

    /// <summary>Mean per channel, after the division by 255; finite.</summary>
    public IReadOnlyList<float> Mean { get; }

    /// <summary>Standard deviation per channel, after the division by 255; finite and above 0.</summary>
    public IReadOnlyList<float> Std { get; }

    /// <summary>Number of channels, at least 1.</summary>
    public int Channels => Mean.Count;

    /// <summary>What each of the 256 values of a channel becomes; without a normalisation, value / 255.</summary>
    internal static float[] Table(Normalization? normalization, int channel)
    {
        var (mean, std) = normalization is null ? (0f, 1f) : (normalization.Mean[channel], normalization.Std[channel]);
        return [.. Enumerable.Range(0, byte.MaxValue + 1).Select(value => ((value / 255f) - mean) / std)];
    }
}
