namespace PaperCurves.Pretraining;

/// <summary>One independent stream of random numbers per purpose, so that adding a draw moves no other one.</summary>
internal static class Seeds
{
    /// <summary>A generator for one purpose. The algorithm behind a seeded <see cref="Random"/> never changes.</summary>
    public static Random Stream(ulong seed, string purpose) => new(unchecked((int)Of(seed, purpose)));

    /// <summary>A seed for one purpose (FNV-1a, then SplitMix64's finaliser).</summary>
    public static ulong Of(ulong seed, string purpose)
    {
        unchecked
        {
            var hash = 14695981039346656037UL ^ seed;
            foreach (var c in purpose)
            {
                hash = (hash ^ c) * 1099511628211UL;
            }

            hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
            hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
            return hash ^ (hash >> 31);
        }
    }

    /// <summary>The numbers 0 to <paramref name="count"/> - 1 in random order.</summary>
    public static int[] Permutation(this Random random, int count)
    {
        var order = Enumerable.Range(0, count).ToArray();
        random.Shuffle(order);
        return order;
    }
}
