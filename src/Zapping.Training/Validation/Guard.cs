using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Validation;

/// <summary>Checks that the framework's own guards do not make, such as for NaN.</summary>
internal static class Guard
{
    /// <summary>
    /// A sequence that refuses null, and makes another check, when it is first read: for constructors whose base class has a finalizer. To throw
    /// before that class has set its fields would leave the finalizer an object it fails on, which ends the process.
    /// </summary>
    public static IEnumerable<T> CheckedWhenRead<T>(IEnumerable<T> values, Action check, [CallerArgumentExpression(nameof(values))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        check();
        foreach (var value in values)
        {
            yield return value;
        }
    }

    public static double NonNegative(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a finite number of 0 or more, but is {value}.");

    /// <summary>For what libtorch takes in single precision: beyond that its exception is a native one.</summary>
    public static double Single(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        Math.Abs(value) <= float.MaxValue
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite in single precision, but is {value}.");

    public static double Finite(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite, but is {value}.");

    /// <summary>Refuses what would become infinite in the parameter's type, or end in a native exception.</summary>
    /// <exception cref="ArgumentException">The type has no such number.</exception>
    public static void Fits(double value, Parameter parameter, string name)
    {
        if (Math.Abs(value) > finfo(parameter.dtype).max)
        {
            throw new ArgumentException($"Parameter '{name}' is of {parameter.dtype}, which has no {value}.", nameof(value));
        }
    }
}
