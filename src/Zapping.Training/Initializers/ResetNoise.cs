using TorchSharp;
using Zapping.Training.Parameters;
using Zapping.Training.Randomness;
using Zapping.Training.Torch;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Initializers;

/// <summary>
/// The randomness of one rewrite: a function of (seed, ordinal of the reset, parameter name) and nothing else:
/// the global generators are neither read nor advanced. On the CPU the numbers are Philox4x32-10, the same on every
/// machine and for every number of threads. A CUDA tensor gets those of a generator of its own device, which is made
/// for each draw and seeded so; nothing is copied, and the host does not wait.
/// </summary>
public sealed class ResetNoise
{
    private readonly ulong _key;
    private readonly ulong _purpose;
    private uint _draws;

    /// <summary>Noise for what is no reset, such as the order of classes or what is drawn from a memory; a policy takes <see cref="Resets.ResetContext.Noise"/>.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="ordinal">Which time, such as the number of a task.</param>
    /// <param name="purpose">What it is for; another purpose gives other numbers.</param>
    public ResetNoise(ulong seed, long ordinal, string purpose)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        _key = StableHash.Mix(seed, (ulong)ordinal);
        _purpose = StableHash.Of(purpose);
    }

    /// <summary>Fills a tensor with independent normal values, drawn in single precision, and returns it.</summary>
    /// <param name="values">Any shape, floating-point type and device.</param>
    /// <param name="mean">Mean of the values.</param>
    /// <param name="std">Standard deviation, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="std"/> is negative or not a number.</exception>
    public Tensor Normal(Tensor values, double mean = 0, double std = 1)
    {
        ArgumentNullException.ThrowIfNull(values);
        Guard.NonNegative(std);
        return Fill(values, Distribution.Normal(mean, std));
    }

    /// <summary>Fills a tensor with independent values uniform in [low, high), and returns it.</summary>
    /// <param name="values">Any shape, floating-point type and device.</param>
    /// <param name="low">Lower bound, inclusive.</param>
    /// <param name="high">Upper bound, exclusive up to rounding; not below <paramref name="low"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bounds are in the wrong order or not finite.</exception>
    public Tensor Uniform(Tensor values, double low, double high)
    {
        ArgumentNullException.ThrowIfNull(values);
        Guard.NonNegative(high - low, nameof(high));
        return Fill(values, Distribution.Uniform(low, high));
    }

    /// <summary>Chooses distinct numbers from 0 to <paramref name="population"/> - 1, all subsets equally likely.</summary>
    /// <param name="count">How many, from 0 to <paramref name="population"/>.</param>
    /// <param name="population">How many there are to choose from.</param>
    /// <returns>The chosen numbers in ascending order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">More are asked for than there are.</exception>
    public int[] Choose(int count, int population)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, population);
        var chosen = new RandomStream(new Philox(_key, NextStream())).Distinct(count, population);
        Array.Sort(chosen);
        return Array.ConvertAll(chosen, number => (int)number);
    }

    /// <summary>The numbers from 0 to <paramref name="count"/> - 1 in random order.</summary>
    /// <param name="count">How many, at least 0.</param>
    public int[] Permutation(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new RandomStream(new Philox(_key, NextStream())).Permutation(count);
    }

    /// <summary>Fills a tensor and returns it.</summary>
    internal Tensor Fill(Tensor values, Distribution distribution)
    {
        if (FillsInPlace(values, ParameterSlice.All))
        {
            FillInPlace(values, ParameterSlice.All, distribution);
            return values;
        }

        using var flat = empty(Math.Max(1, values.numel()), ScalarType.Float32);
        FillInPlace(flat, ParameterSlice.All, distribution);
        using var single = flat.narrow(0, 0, values.numel()).reshape(values.shape);
        return values.copy_(single);
    }

    /// <summary>Whether <see cref="FillInPlace"/> can serve these entries; it cannot fail then.</summary>
    internal static bool FillsInPlace(Tensor tensor, ParameterSlice slice) =>
        RowFill.CanFill(tensor, slice) || (tensor.device_type == DeviceType.CUDA && slice.IsRun);

    /// <summary>Fills entries of a tensor where they lie.</summary>
    internal void FillInPlace(Tensor tensor, ParameterSlice slice, Distribution distribution)
    {
        var stream = NextStream();
        if (tensor.device_type == DeviceType.CUDA)
        {
            using var entries = slice.View(tensor);
            distribution.Fill(entries, (long)(StableHash.Mix(_key, stream) >> 1));
        }
        else
        {
            RowFill.Fill(tensor, slice, distribution, new Philox(_key, stream));
            TensorMemory.BumpVersionCounter(tensor);
        }
    }

    private ulong NextStream() => StableHash.Mix(_purpose, _draws++);
}
