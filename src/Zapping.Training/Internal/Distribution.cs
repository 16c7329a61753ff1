using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>What fresh values are drawn from, and how: into memory, or by a device's own generator.</summary>
internal abstract class Distribution
{
    public static Distribution Normal(double mean, double std) => new NormalValues(mean, std);

    public static Distribution Uniform(double low, double high) => new UniformValues(low, high);

    public static Distribution Constant(double value) => new OneValue(value);

    /// <summary>Fills memory; each value is a function of generator and position.</summary>
    /// <param name="values">What to fill.</param>
    /// <param name="generator">Where numbers come from.</param>
    /// <param name="offset">Position of the first value in the whole draw.</param>
    public abstract void Fill(Span<float> values, Philox generator, long offset);

    /// <summary>Fills a tensor where it lies, with a generator of its device that is made for this draw alone.</summary>
    /// <param name="values">Any floating-point type.</param>
    /// <param name="seed">Seed of that generator.</param>
    public abstract void Fill(Tensor values, long seed);

    private sealed class NormalValues(double mean, double std) : Distribution
    {
        public override void Fill(Span<float> values, Philox generator, long offset) =>
            PhiloxNoise.FillNormal(values, generator, offset, (float)mean, (float)std);

        public override void Fill(Tensor values, long seed) => DeviceNoise.FillNormal(values, mean, std, seed);
    }

    private sealed class UniformValues(double low, double high) : Distribution
    {
        public override void Fill(Span<float> values, Philox generator, long offset) =>
            PhiloxNoise.FillUniform(values, generator, offset, (float)low, (float)high);

        public override void Fill(Tensor values, long seed) => DeviceNoise.FillUniform(values, low, high, seed);
    }

    private sealed class OneValue(double value) : Distribution
    {
        public override void Fill(Span<float> values, Philox generator, long offset) => values.Fill((float)value);

        public override void Fill(Tensor values, long seed)
        {
            using Scalar number = value;
            values.fill_(number);
        }
    }
}
