using Zapping.Training.Randomness;

namespace Zapping.Training.Data;

/// <summary>In which order the rows of a data set come in an epoch.</summary>
internal static class RowOrder
{
    /// <summary>A function of (seed, epoch) alone.</summary>
    /// <param name="seed">Seed of the order.</param>
    /// <param name="epoch">Counted from 0.</param>
    /// <param name="count">How many rows there are.</param>
    public static long[] Shuffled(ulong seed, long epoch, int count) =>
        Array.ConvertAll(new RandomStream(StableHash.Mix(seed, (ulong)epoch), "order").Permutation(count), row => (long)row);
}
