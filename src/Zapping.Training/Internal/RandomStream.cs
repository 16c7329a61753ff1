namespace Zapping.Training.Internal;

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
