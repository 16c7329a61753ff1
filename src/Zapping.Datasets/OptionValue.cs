namespace Zapping.Datasets;

/// <summary>What the options of the loaders let in.</summary>
internal static class OptionValue
{
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public static int AtLeastOne(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        return value;
    }

    /// <exception cref="ArgumentOutOfRangeException">The value is outside 1..256.</exception>
    public static int ImageSize(int value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Omniglot.LargestSize);
        return AtLeastOne(value);
    }
}
