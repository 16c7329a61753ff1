namespace Zapping.Training.Randomness;

/// <summary>
/// Hashes that are the same in every process and on every machine, as seeds must be
/// (<see cref="string.GetHashCode()"/> is not).
/// </summary>
internal static class StableHash
{
    /// <summary>FNV-1a over the UTF-16 code units.</summary>
    public static ulong Of(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text)
        {
            hash = unchecked((hash ^ c) * 1099511628211UL);
        }

        return hash;
    }

    /// <summary>Combines two words; every bit of either reaches every bit of the result (SplitMix64's finaliser).</summary>
    public static ulong Mix(ulong a, ulong b)
    {
        unchecked
        {
            return Finalise(Finalise(a + 0x9E3779B97F4A7C15UL) + b);
        }
    }

    private static ulong Finalise(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }
}
