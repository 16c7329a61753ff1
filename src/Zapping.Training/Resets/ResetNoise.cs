using System.Runtime.InteropServices;
using TorchSharp;
using Zapping.Training.Internal;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// The randomness of one rewrite: a function of (seed, ordinal of the reset, parameter name) and nothing else:
/// the global generators are neither read nor advanced. The numbers are Philox4x32-10, the same on every machine,
/// device and number of threads; for a CUDA tensor they are drawn on the CPU and copied, because TorchSharp makes
/// no generators for devices.
/// </summary>
public sealed class ResetNoise
{
    private const long PieceLength = PhiloxNoise.BatchLength * 4096;

    private readonly ulong _key;
    private readonly ulong _purpose;
    private uint _draws;

    internal ResetNoise(ulong seed, long ordinal, string purpose)
    {
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
        return Fill(values, (span, generator, offset) => PhiloxNoise.FillNormal(span, generator, offset, (float)mean, (float)std));
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
        return Fill(values, (span, generator, offset) => PhiloxNoise.FillUniform(span, generator, offset, (float)low, (float)high));
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
        var chosen = new RandomStream(NextGenerator()).Permutation(population)[..count];
        Array.Sort(chosen);
        return chosen;
    }

    private Tensor Fill(Tensor values, FillSpan fill)
    {
        var generator = NextGenerator();
        if (values.device_type == DeviceType.CPU && values.dtype == ScalarType.Float32 && values.is_contiguous())
        {
            FillMemory(values, generator, fill);
            return values;
        }

        using var single = empty(values.shape, ScalarType.Float32);
        FillMemory(single, generator, fill);
        return values.copy_(single);
    }

    // A value is a function of its position, so the pieces may be made in any order and by any number of threads.
    private static unsafe void FillMemory(Tensor contiguous, Philox generator, FillSpan fill)
    {
        var count = contiguous.numel();
        if (count == 0)
        {
            return;
        }

        fixed (byte* pointer = &MemoryMarshal.GetReference(contiguous.bytes))
        {
            var memory = (float*)pointer;
            if (count <= PieceLength)
            {
                fill(new Span<float>(memory, (int)count), generator, 0);
                return;
            }

            var options = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
            Parallel.For(0, (count + PieceLength - 1) / PieceLength, options, piece =>
            {
                var start = piece * PieceLength;
                fill(new Span<float>(memory + start, (int)Math.Min(PieceLength, count - start)), generator, start);
            });
        }
    }

    private Philox NextGenerator() => new(_key, StableHash.Mix(_purpose, _draws++));

    private delegate void FillSpan(Span<float> values, Philox generator, long offset);
}
