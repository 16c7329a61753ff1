using System.ComponentModel.DataAnnotations;
using Zapping.Training.Parameters;

namespace Zapping.Training.Policies;

/// <summary>Which single weights a <see cref="SelectiveWeightPolicy"/> reinitializes, and how. The defaults are those published for permuted MNIST, to be run at each 2048th step.</summary>
public sealed record SelectiveWeightOptions
{
    /// <summary>By what a weight is judged; default <see cref="WeightUtility.Gradient"/>.</summary>
    [EnumDataType(typeof(WeightUtility))]
    public WeightUtility Utility { get; set; }

    /// <summary>How many are chosen; default <see cref="WeightChoice.Threshold"/>.</summary>
    [EnumDataType(typeof(WeightChoice))]
    public WeightChoice Choice { get; set; }

    /// <summary>
    /// Of the threshold: a multiple of the mean utility, at least 0. Of a proportion: a share, from 0 to 1. Default 1e-5; published for a proportion: 0.4 at each 2400th step.
    /// </summary>
    [Range(0d, double.MaxValue)]
    public double Factor { get; set; } = 1e-5;

    /// <summary>What takes the place of a weight; default <see cref="FreshWeight.Redraw"/>.</summary>
    [EnumDataType(typeof(FreshWeight))]
    public FreshWeight Fresh { get; set; }

    /// <summary>
    /// Which parameters; default: all that require a gradient, biases and normalizations too, each judged by itself. Each must belong to a layer whose default initialization is
    /// known: Linear, convolutions and normalization layers.
    /// </summary>
    [Required]
    public ParameterFilter Parameters { get; set; } = ParameterFilter.All;

    /// <summary>
    /// What happens to the optimizers' state of the chosen weights; default <see cref="OptimizerStateReset.Slice"/>. The released code keeps it.
    /// </summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; } = OptimizerStateReset.Slice;
}
