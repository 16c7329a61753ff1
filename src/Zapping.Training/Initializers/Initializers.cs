using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Parameters;
using Zapping.Training.Randomness;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Initializers;

/// <summary>
/// Draws fresh values, whatever was there. Nothing about that can fail, so it needs no scratch where entries can be
/// written in place; <see cref="Write"/> is the way for all others.
/// </summary>
public abstract class DistributionInitializer : Initializer
{
    /// <summary>What the entries of a slice of a parameter are drawn from.</summary>
    /// <param name="shape">Of the whole parameter.</param>
    /// <param name="slice">Which entries.</param>
    public abstract Distribution DistributionOf(ReadOnlySpan<long> shape, ParameterSlice slice);

    /// <inheritdoc/>
    public sealed override void Write(InitializerContext target)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Noise.Fill(target.Values, DistributionOf([.. target.Shape], target.Slice));
    }
}

internal sealed class KaimingInitializer(KaimingFan fan, bool uniform) : DistributionInitializer
{
    public override string ToString() => $"{(uniform ? nameof(KaimingUniform) : nameof(KaimingNormal))}({fan})";

    private readonly bool _ofSlice = Enum.IsDefined(fan) ? fan == KaimingFan.AsPublished : throw new ArgumentOutOfRangeException(nameof(fan), fan, "Unknown fan.");

    public override void EnsureApplicable(Parameter parameter, string name) => Fan.EnsureHasFanIn(parameter, name);

    public override Distribution DistributionOf(ReadOnlySpan<long> shape, ParameterSlice slice)
    {
        if (_ofSlice && slice.IsOfEntries)
        {
            throw new ArgumentException($"{nameof(KaimingFan)}.{nameof(KaimingFan.AsPublished)} counts rows, and single entries have none. Use {nameof(KaimingFan)}.{nameof(KaimingFan.PerRow)}.", nameof(slice));
        }

        var fanIn = Fan.In(shape) * (_ofSlice ? slice.CountOf(shape) : 1);
        return Fan.Scaled(Math.Sqrt(2 / fanIn), uniform);
    }
}

internal sealed class XavierInitializer(bool uniform) : DistributionInitializer
{
    public override string ToString() => uniform ? nameof(XavierUniform) : nameof(XavierNormal);

    public override void EnsureApplicable(Parameter parameter, string name) => Fan.EnsureHasFanIn(parameter, name);

    public override Distribution DistributionOf(ReadOnlySpan<long> shape, ParameterSlice slice) =>
        Fan.Scaled(Math.Sqrt(2 / (Fan.In(shape) + Fan.Out(shape))), uniform);
}

internal sealed class LayerDefaultInitializer : DistributionInitializer
{
    public override string ToString() => _fanIn is null ? nameof(LayerDefault) : FormattableString.Invariant($"{nameof(LayerDefault)}({_fanIn})");

    private readonly long? _fanIn;

    public LayerDefaultInitializer(long? fanIn)
    {
        if (fanIn is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(given, nameof(fanIn));
        }

        _fanIn = fanIn;
    }

    public override void EnsureApplicable(Parameter parameter, string name)
    {
        if (_fanIn is null)
        {
            Fan.EnsureHasFanIn(parameter, name);
        }
    }

    public override Distribution DistributionOf(ReadOnlySpan<long> shape, ParameterSlice slice)
    {
        var bound = 1 / Math.Sqrt(_fanIn ?? Fan.In(shape));
        return Distribution.Uniform(-bound, bound);
    }
}

internal sealed class NormalInitializer(double mean, double std) : DistributionInitializer
{
    public override string ToString() => FormattableString.Invariant($"{nameof(Normal)}({mean:r}, {std:r})");

    private readonly Distribution _values = Distribution.Normal(Guard.Finite(mean), Guard.NonNegative(std));

    public override void EnsureApplicable(Parameter parameter, string name)
    {
        Guard.Fits(mean, parameter, name);
        Guard.Fits(std, parameter, name);
    }

    public override Distribution DistributionOf(ReadOnlySpan<long> shape, ParameterSlice slice) => _values;
}

internal sealed class ConstantInitializer(double value) : DistributionInitializer
{
    public override string ToString() => BitConverter.DoubleToInt64Bits(value) == 0 ? nameof(Zeros) : FormattableString.Invariant($"{nameof(Constant)}({value:r})");

    private readonly Distribution _value = Distribution.Constant(Guard.Finite(value));

    public override void EnsureApplicable(Parameter parameter, string name) => Guard.Fits(value, parameter, name);

    public override Distribution DistributionOf(ReadOnlySpan<long> shape, ParameterSlice slice) => _value;
}

internal sealed class RewindInitializer : Initializer
{
    public override string ToString() => nameof(RewindTo);

    private readonly ParameterSnapshot _snapshot;

    public RewindInitializer(ParameterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        _snapshot = snapshot;
    }

    public override void EnsureApplicable(Parameter parameter, string name) => _snapshot.EnsureHolds(parameter, name);

    public override void Write(InitializerContext target) => new ValuesInitializer(_snapshot[target.Name]).Write(target);
}

/// <summary>Adds one number to each entry of a vector's slice.</summary>
internal sealed class ShiftInitializer(double[] shifts) : Initializer
{
    public override string ToString() => $"{nameof(Shift)}({string.Join(", ", shifts.Select(shift => FormattableString.Invariant($"{shift:r}")))})";

    public override bool NeedsCurrentValues => true;

    public override void Write(InitializerContext target)
    {
        if (shifts.Length != target.Values.numel())
        {
            throw new InvalidOperationException($"{shifts.Length} shifts were given for {target.Values.numel()} entries of '{target.Name}'.");
        }

        using var values = tensor(shifts, target.Values.dtype, target.Values.device).reshape(target.Values.shape);
        using Scalar once = 1;
        target.Values.add_(values, alpha: once);
    }
}

/// <summary>Writes given values, of which it reads those of the slice.</summary>
internal sealed class ValuesInitializer : Initializer
{
    private readonly Tensor _values;

    public ValuesInitializer(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        _values = values;
    }

    public override string ToString() => nameof(Values);

    public override void EnsureApplicable(Parameter parameter, string name)
    {
        if (!_values.shape.AsSpan().SequenceEqual(parameter.shape))
        {
            throw new ArgumentException($"Parameter '{name}' has shape [{string.Join(", ", parameter.shape)}], and the values have [{string.Join(", ", _values.shape)}].", nameof(parameter));
        }
    }

    public override void Write(InitializerContext target)
    {
        using var chosen = target.Slice.Gather(_values);
        target.Values.copy_(chosen);
    }
}

/// <summary>Changes the current values.</summary>
internal sealed class MapInitializer : Initializer
{
    private readonly string _name;
    private readonly Action<Tensor> _change;

    public MapInitializer(string name, Action<Tensor> change, bool staysFinite)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(change);
        (_name, _change, StaysFinite) = (name, change, staysFinite);
    }

    public bool StaysFinite { get; }

    public override string ToString() => _name;

    public override bool NeedsCurrentValues => true;

    public override void Write(InitializerContext target) => _change(target.Values);
}

internal sealed class ShrinkAndPerturbInitializer(double shrink, double perturb, Initializer fresh) : Initializer
{
    public override string ToString() => FormattableString.Invariant($"{nameof(ShrinkAndPerturb)}({_shrink:r}, {_perturb:r}, {fresh})");

    private readonly double _shrink = Guard.NonNegative(shrink);
    private readonly double _perturb = Guard.NonNegative(perturb);

    public override bool NeedsCurrentValues => true;

    public override void EnsureApplicable(Parameter parameter, string name)
    {
        Guard.Fits(_shrink, parameter, name);
        Guard.Fits(_perturb, parameter, name);
        fresh.EnsureApplicable(parameter, name);
    }

    public override void Write(InitializerContext target)
    {
        using var freshValues = fresh.NeedsCurrentValues ? target.Values.clone() : empty_like(target.Values);
        fresh.Write(target with { Values = freshValues });
        using Scalar kept = _shrink;
        using Scalar added = _perturb;
        target.Values.mul_(kept).add_(freshValues, alpha: added);
    }
}

/// <summary>Fans of a weight whose first dimension counts output units.</summary>
internal static class Fan
{
    public static double In(ReadOnlySpan<long> shape) => Product(shape[1..]);

    public static double Out(ReadOnlySpan<long> shape) => shape[0] * Product(shape[2..]);

    public static void EnsureHasFanIn(Parameter parameter, string name)
    {
        if (parameter.dim() < 2)
        {
            throw new ArgumentException(
                $"Parameter '{name}' has {parameter.dim()} dimension(s), so its fan-in is unknown. "
                + "Use Initializer.LayerDefault(fanIn), Zeros or Constant for a bias.",
                nameof(parameter));
        }
    }

    /// <summary>Mean 0 and the given standard deviation.</summary>
    public static Distribution Scaled(double std, bool uniform)
    {
        var bound = Math.Sqrt(3) * std;
        return uniform ? Distribution.Uniform(-bound, bound) : Distribution.Normal(0, std);
    }

    private static double Product(ReadOnlySpan<long> lengths)
    {
        var product = 1d;
        foreach (var length in lengths)
        {
            product *= length;
        }

        return product;
    }
}
