namespace Zapping.Training.Benchmarks;

/// <summary>Dimensions of a linear classifier.</summary>
internal readonly record struct HeadShape(int Inputs, int Units)
{
    /// <summary>That of the paper's convnet for Omniglot.</summary>
    public static HeadShape Paper { get; } = new(2304, 1000);

    /// <summary>So many rows, spread over the head.</summary>
    public IEnumerable<int> Rows(int count)
    {
        var step = Units / count;
        return Enumerable.Range(0, count).Select(row => row * step);
    }
}
