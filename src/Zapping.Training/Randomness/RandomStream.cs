namespace Zapping.Training.Randomness;

/// <summary>Whole numbers from a <see cref="Philox"/> generator, for choices and orders.</summary>
internal sealed class RandomStream(Philox generator)
{
    private readonly uint[] _block = new uint[4];
    private ulong _next;
    private int _used = 4;

    public RandomStream(ulong seed, string purpose)
        : this(new Philox(seed, StableHash.Of(purpose)))
    {
    }

    /// <summary>A whole number from 0 to <paramref name="bound"/> - 1, without bias (Lemire 2019).</summary>
    public int Below(int bound)
    {
        var range = (uint)bound;
        var threshold = unchecked((uint)-range) % range;
        while (true)
        {
            var product = (ulong)Next() * range;
            if ((uint)product >= threshold)
            {
                return (int)(product >> 32);
            }
        }
    }

    /// <summary>The numbers 0 to <paramref name="count"/> - 1 in random order (Fisher and Yates).</summary>
    public int[] Permutation(int count)
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>
    /// <paramref name="count"/> distinct numbers from 0 to <paramref name="population"/> - 1 in random order, all
    /// ordered choices equally likely: the first steps of a shuffle that writes down only what has moved.
    /// </summary>
    public long[] Distinct(int count, int population)
    {
        var moved = new Dictionary<int, int>();
        var chosen = new long[count];
        for (var i = 0; i < count; i++)
        {
            var j = i + Below(population - i);
            chosen[i] = moved.GetValueOrDefault(j, j);
            moved[j] = moved.GetValueOrDefault(i, i);
        }

        return chosen;
    }

    private uint Next()
    {
        if (_used == 4)
        {
            (_block[0], _block[1], _block[2], _block[3]) = generator.Block(_next++);
            _used = 0;
        }

        return _block[_used++];
    }
}
