using TorchSharp;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Randomness;

/// <summary>What fresh values are drawn from, and how: into memory, or by a device's own generator.</summary>
public abstract class Distribution
{
    private protected Distribution()
    {
    }

    /// <summary>Independent normal values.</summary>
    /// <param name="mean">Finite.</param>
    /// <param name="std">Standard deviation, finite and 0 or more.</param>
    public static Distribution Normal(double mean, double std) => new NormalValues(Guard.Finite(mean), Guard.NonNegative(std));

    /// <summary>Independent values uniform in [low, high).</summary>
    /// <param name="low">Lower bound, inclusive and finite.</param>
    /// <param name="high">Upper bound, exclusive up to rounding; not below <paramref name="low"/>.</param>
    public static Distribution Uniform(double low, double high)
    {
        Guard.NonNegative(Guard.Finite(high) - Guard.Finite(low), nameof(high));
        return new UniformValues(low, high);
    }

    /// <summary>One number everywhere.</summary>
    /// <param name="value">Finite.</param>
    public static Distribution Constant(double value) => new OneValue(Guard.Finite(value));

    /// <summary>Fills memory; each value is a function of generator and position.</summary>
    /// <param name="values">What to fill.</param>
    /// <param name="generator">Where numbers come from.</param>
    /// <param name="offset">Position of the first value in the whole draw.</param>
    internal abstract void Fill(Span<float> values, Philox generator, long offset);

    /// <summary>Fills a tensor where it lies, with a generator of its device that is made for this draw alone.</summary>
    /// <param name="values">Any floating-point type.</param>
    /// <param name="seed">Seed of that generator.</param>
    internal abstract void Fill(Tensor values, long seed);

    private sealed class NormalValues(double mean, double std) : Distribution
    {
        internal override void Fill(Span<float> values, Philox generator, long offset) =>
            PhiloxNoise.FillNormal(values, generator, offset, (float)mean, (float)std);

        internal override void Fill(Tensor values, long seed) => DeviceNoise.FillNormal(values, mean, std, seed);
    }

    private sealed class UniformValues(double low, double high) : Distribution
    {
        internal override void Fill(Span<float> values, Philox generator, long offset) =>
            PhiloxNoise.FillUniform(values, generator, offset, (float)low, (float)high);

        internal override void Fill(Tensor values, long seed) => DeviceNoise.FillUniform(values, low, high, seed);
    }

    private sealed class OneValue(double value) : Distribution
    {
        internal override void Fill(Span<float> values, Philox generator, long offset) => values.Fill((float)value);

        internal override void Fill(Tensor values, long seed)
        {
            using Scalar number = value;
            values.fill_(number);
        }
    }
}
