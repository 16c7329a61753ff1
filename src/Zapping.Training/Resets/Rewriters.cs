using TorchSharp.Modules;
using Zapping.Training.Internal;
using static TorchSharp.torch;

namespace Zapping.Training;

internal sealed class KaimingRewriter(KaimingFan fan, bool uniform) : Rewriter
{
    public override void EnsureApplicable(Parameter parameter, string name) => Fan.EnsureHasFanIn(parameter, name);

    public override void Write(RewriteTarget target)
    {
        var fanIn = Fan.In(target.Shape);
        if (fan == KaimingFan.AsPublished)
        {
            fanIn *= target.Slice.CountOf([.. target.Shape]);
        }

        Fan.Draw(target, Math.Sqrt(2d / fanIn), uniform);
    }
}

internal sealed class XavierRewriter(bool uniform) : Rewriter
{
    public override void EnsureApplicable(Parameter parameter, string name) => Fan.EnsureHasFanIn(parameter, name);

    public override void Write(RewriteTarget target) =>
        Fan.Draw(target, Math.Sqrt(2d / (Fan.In(target.Shape) + Fan.Out(target.Shape))), uniform);
}

internal sealed class LayerDefaultRewriter : Rewriter
{
    private readonly long? _fanIn;

    public LayerDefaultRewriter(long? fanIn)
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

    public override void Write(RewriteTarget target)
    {
        var bound = 1 / Math.Sqrt(_fanIn ?? Fan.In(target.Shape));
        target.Noise.Uniform(target.Values, -bound, bound);
    }
}

internal sealed class ConstantRewriter(double value) : Rewriter
{
    private readonly double _value = Guard.Finite(value);

    public override void Write(RewriteTarget target) => target.Values.fill_(_value);
}

internal sealed class RewindRewriter : Rewriter
{
    private readonly ParameterSnapshot _snapshot;

    public RewindRewriter(ParameterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        _snapshot = snapshot;
    }

    public override void EnsureApplicable(Parameter parameter, string name) => _snapshot.EnsureHolds(parameter, name);

    public override void Write(RewriteTarget target)
    {
        using var values = target.Slice.Gather(_snapshot[target.Name]);
        target.Values.copy_(values);
    }
}

internal sealed class ShrinkAndPerturbRewriter(double shrink, double perturb, Rewriter fresh) : Rewriter
{
    private readonly double _shrink = Guard.NonNegative(shrink);
    private readonly double _perturb = Guard.NonNegative(perturb);

    public override bool NeedsCurrentValues => true;

    public override void EnsureApplicable(Parameter parameter, string name) => fresh.EnsureApplicable(parameter, name);

    public override void Write(RewriteTarget target)
    {
        using var freshValues = fresh.NeedsCurrentValues ? target.Values.clone() : empty_like(target.Values);
        fresh.Write(target with { Values = freshValues });
        target.Values.mul_(_shrink).add_(freshValues, alpha: _perturb);
    }
}

/// <summary>Fans of a weight whose first dimension counts output units.</summary>
internal static class Fan
{
    public static double In(IReadOnlyList<long> shape) => shape.Skip(1).Aggregate(1d, (product, n) => product * n);

    public static double Out(IReadOnlyList<long> shape) => shape.Skip(2).Aggregate((double)shape[0], (product, n) => product * n);

    public static void EnsureHasFanIn(Parameter parameter, string name)
    {
        if (parameter.dim() < 2)
        {
            throw new ArgumentException(
                $"Parameter '{name}' has {parameter.dim()} dimension(s), so its fan-in is unknown. "
                + "Use Rewriter.LayerDefault(fanIn), Zeros or Constant for a bias.",
                nameof(parameter));
        }
    }

    public static void Draw(RewriteTarget target, double std, bool uniform)
    {
        if (uniform)
        {
            var bound = Math.Sqrt(3) * std;
            target.Noise.Uniform(target.Values, -bound, bound);
        }
        else
        {
            target.Noise.Normal(target.Values, 0, std);
        }
    }
}
