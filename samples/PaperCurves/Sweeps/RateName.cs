using System.Globalization;

namespace PaperCurves.Sweeps;

/// <summary>How learning rates are written, in ids and in reports.</summary>
internal static class RateName
{
    private const int DigitsOfDouble = 17;

    /// <summary>The shortest scientific form that reads back as the same number: 1e-3, 5.5e-2. Different rates never share one.</summary>
    public static string Of(double rate)
    {
        var shortest = Enumerable.Range(0, DigitsOfDouble)
            .Select(digits => rate.ToString(FormattableString.Invariant($"e{digits}"), CultureInfo.InvariantCulture))
            .First(text => double.Parse(text, CultureInfo.InvariantCulture) == rate);
        var mark = shortest.IndexOf('e', StringComparison.Ordinal);
        return FormattableString.Invariant($"{shortest[..mark]}e{int.Parse(shortest[(mark + 1)..], CultureInfo.InvariantCulture)}");
    }
}
