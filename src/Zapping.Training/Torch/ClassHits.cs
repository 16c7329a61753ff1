using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>Which examples a classifier is right about: those whose largest output is at their class, the first one if several are largest.</summary>
internal static class ClassHits
{
    /// <summary>Whether targets are class ids for outputs [n, units]: [n] 64-bit integers, or bytes.</summary>
    public static bool AreClassIds(Tensor outputs, Tensor targets) =>
        outputs.dim() == 2 && targets.dim() == 1 && targets.dtype is ScalarType.Int64 or ScalarType.Byte && targets.size(0) == outputs.size(0);

    /// <summary>[n], the unit with the largest output.</summary>
    /// <param name="outputs">[n, units].</param>
    public static Tensor Predicted(Tensor outputs) => outputs.argmax(1);

    /// <summary>
    /// [n], how many units come before the one of the class, so that an example is among the top k if it is below k. Of equal outputs the first comes first, as in
    /// <see cref="Predicted"/>; what is NaN comes before everything, so an example whose own output is NaN has all units before it.
    /// </summary>
    /// <param name="outputs">[n, units].</param>
    /// <param name="labels">[n] class ids below units, as 64-bit integers.</param>
    public static Tensor Ranks(Tensor outputs, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var places = labels.unsqueeze(1);
        var own = outputs.gather(1, places);
        using Scalar first = 0L;
        using Scalar end = outputs.size(1);
        using Scalar step = 1L;
        var units = arange(first, end, step, ScalarType.Int64, outputs.device).unsqueeze(0);
        var before = outputs.le(own).logical_not().logical_or(outputs.eq(own).logical_and(units.lt(places)));
        return before.sum(1).MoveToOuterDisposeScope();
    }

    /// <summary>The fraction of examples that are right. Waits for the device.</summary>
    /// <param name="outputs">[n, units].</param>
    /// <param name="labels">[n] class ids.</param>
    public static double Fraction(Tensor outputs, Tensor labels)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return Predicted(outputs).eq(labels).to(ScalarType.Float64).mean().item<double>();
    }
}
