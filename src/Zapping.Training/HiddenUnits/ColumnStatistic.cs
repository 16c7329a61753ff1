using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.HiddenUnits;

/// <summary>A sum over dimensions of a layer's inputs.</summary>
/// <param name="Name">Distinct, for checkpoints.</param>
/// <param name="Sum">Of values, over dimensions.</param>
public sealed record ColumnStatistic(string Name, Func<Tensor, long[], Tensor> Sum)
{
    /// <summary>Of absolute values: on the CPU three times as fast as the norm of order 1, which takes no memory.</summary>
    public static ColumnStatistic Magnitude { get; } = new("magnitude", (values, dimensions) => values.abs().sum(dimensions));

    /// <summary>Of the values.</summary>
    public static ColumnStatistic Value { get; } = new("value", (values, dimensions) => values.sum(dimensions));

    /// <summary>How many values are above 0. A unit fires where what its consumers see of it is positive; NaN counts as silence.</summary>
    public static ColumnStatistic Firing { get; } = new("firing", (values, dimensions) =>
    {
        using Scalar nothing = 0;
        return values.gt(nothing).sum(dimensions, type: values.dtype);
    });
}
