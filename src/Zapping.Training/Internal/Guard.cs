using System.Runtime.CompilerServices;

namespace Zapping.Training.Internal;

/// <summary>Checks that the framework's own guards do not make, such as for NaN.</summary>
internal static class Guard
{
    /// <summary>
    /// A sequence that refuses null when it is first read: for constructors whose base class has a finalizer. To throw
    /// before that class has set its fields would leave the finalizer an object it fails on, which ends the process.
    /// </summary>
    public static IEnumerable<T> NotNullWhenRead<T>(IEnumerable<T> values, [CallerArgumentExpression(nameof(values))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        foreach (var value in values)
        {
            yield return value;
        }
    }

    public static double NonNegative(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a finite number of 0 or more, but is {value}.");

    public static double Finite(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite, but is {value}.");
}
