namespace Zapping.Datasets;

/// <summary>What the options of the loaders let in.</summary>
internal static class OptionValue
{
    /// <summary>Larger images of whole data sets would not fit into one array.</summary>
    public const int LargestImageSize = 256;

    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public static int AtLeastOne(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        return value;
    }

    /// <exception cref="ArgumentOutOfRangeException">The value is outside 1..256.</exception>
    public static int ImageSize(int value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, LargestImageSize);
        return AtLeastOne(value);
    }
}
