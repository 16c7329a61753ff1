namespace Zapping.Datasets;

/// <summary>
/// The SplitMix64 generator (Steele, Lea and Flood 2014): a counter through a bijective mixer. Streams forked by
/// number are independent of each other, so work can be split over threads in any way and give the same bits.
/// </summary>
/// <remarks>Only integer arithmetic and exact scaling: the same numbers on every machine.</remarks>
internal struct SplitMix64(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>The stream of a number; two numbers give unrelated streams. This one does not move.</summary>
    public readonly SplitMix64 Fork(ulong stream) => new(Mix(_state ^ Mix((stream * Golden) + 1)));

    /// <summary>The next 64 bits.</summary>
    public ulong Next() => Mix(_state += Golden);

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Between(double low, double high) => low + ((high - low) * Unit());

    /// <summary>Uniform in 0..count-1; the bias of 2^-50 and below does not matter to a drawing.</summary>
    public int Below(int count) => (int)(Unit() * count);

    public bool Chance(double probability) => Unit() < probability;

    /// <summary>
    /// Bell-shaped with mean 0 and standard deviation 1, within +-4.9: the sum of eight uniform numbers. Logarithms
    /// and sines may differ in the last bit between C libraries, sums do not.
    /// </summary>
    public double Bell()
    {
        var sum = 0.0;
        for (var i = 0; i < 8; i++)
        {
            sum += Unit();
        }

        // The variance of the sum is 8/12.
        return (sum - 4.0) * 1.2247448713915890;
    }

    /// <summary>The mixer.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
