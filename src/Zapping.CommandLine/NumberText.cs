using System.Globalization;

namespace Zapping.CommandLine;

/// <summary>
/// The one way in which numbers that users write are read, whatever the country: ASCII digits and, in fractions, a point and an
/// exponent. No sign, no thousands, no spaces: "0,001" is no number, and certainly not 1. No zeros in front of digits either:
/// where commas stand between numbers, "1,000" would be 1 and 0.
/// </summary>
public static class NumberText
{
    private const NumberStyles Fraction = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>A whole number within limits.</summary>
    public static bool TryInteger(string? text, int least, int most, out int value) =>
        int.TryParse(Whole(text), NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;

    /// <summary>Any number of 64 bits.</summary>
    public static bool TrySeed(string? text, out ulong value) => ulong.TryParse(Whole(text), NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>A number above 0 that is one in single precision too, in which libtorch computes.</summary>
    public static bool TryPositive(string? text, out double value) =>
        double.TryParse(Whole(text), Fraction, CultureInfo.InvariantCulture, out value) && (float)value is > 0 and < float.PositiveInfinity;

    // .NET takes a number with null characters behind it for one too.
    private static string? Whole(string? text) =>
        text is ['0', >= '0' and <= '9', ..] || text?.Contains('\0', StringComparison.Ordinal) == true ? null : text;
}
