using CsCheck;
using FluentAssertions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Zapping.Training.Tests.Shared;

/// <summary>Values that nobody means, among some that are fine, and what options may say to them.</summary>
internal static class Odd
{
    /// <summary>One of these.</summary>
    public static Gen<T> Of<T>(params IReadOnlyList<T> values) => Gen.Int[0, values.Count - 1].Select(i => values[i]);

    public static Gen<int> Ints { get; } = Of(int.MinValue, -1, 0, 1, 2, 3, 5, 8, int.MaxValue);

    /// <summary>Without what would be obeyed, in years or terabytes.</summary>
    public static Gen<int> Counts { get; } = Of(int.MinValue, -1, 0, 1, 2, 3, 5, 8);

    public static Gen<long> Longs { get; } = Of(long.MinValue, -1, 0, 1, 2, 3, long.MaxValue - 1, long.MaxValue);

    public static Gen<double> Doubles { get; } = Of(
        double.NaN, double.NegativeInfinity, double.PositiveInfinity, double.MinValue, double.MaxValue,
        -1, -double.Epsilon, -0.0, 0, double.Epsilon, 1e-3, 0.5, Math.BitDecrement(1), 1, Math.BitIncrement(1));

    /// <summary>Defined values half of the time.</summary>
    public static Gen<T> Enums<T>()
        where T : struct, Enum => Gen.OneOf(Gen.Enum<T>(), Of(-1, 77, int.MinValue).Select(value => (T)Enum.ToObject(typeof(T), value)));

    /// <summary>Null in one case of four.</summary>
    public static Gen<T> OrNull<T>(Gen<T> values)
        where T : class => Gen.Select(Gen.Int[0, 3], values, (none, value) => none == 0 ? null! : value);

    /// <summary>
    /// Null if what is made is refused, as it must be where a rule is broken and not otherwise; the refusal must name every option
    /// whose rule is broken.
    /// </summary>
    public static T? Made<T>(Func<T> make, params (string Option, bool Holds)[] rules)
        where T : class
    {
        var broken = rules.Where(rule => !rule.Holds).Select(rule => rule.Option).ToList();
        T? made = null;
        var refusal = Record.Exception(() => made = make());
        if (broken.Count == 0)
        {
            refusal.Should().BeNull();
            return made;
        }

        (refusal is ArgumentException or OptionsValidationException).Should().BeTrue($"{string.Join(", ", broken)} must be refused, not end in {refusal}");
        broken.Should().OnlyContain(option => refusal!.Message.Contains(option, StringComparison.OrdinalIgnoreCase), $"that must be named in '{refusal!.Message}'");
        return null;
    }

    /// <summary>Whether it is a share.</summary>
    public static bool IsUnit(double value) => value is >= 0 and <= 1;
}
