using System.ComponentModel.DataAnnotations;
using Zapping.Training.Parameters;

namespace Zapping.Training.Policies;

/// <summary>Between which bounds a <see cref="WeightClippingPolicy"/> keeps which parameters.</summary>
public sealed record WeightClippingOptions
{
    /// <summary>kappa, above 0; default 2. Published: from 1 to 5.</summary>
    [Range(1e-6, 1e6)]
    public double Multiple { get; set; } = 2;

    /// <summary>What the bound is a multiple of; default <see cref="ClippingBound.LayerDefault"/>.</summary>
    [EnumDataType(typeof(ClippingBound))]
    public ClippingBound Bound { get; set; }

    /// <summary>
    /// Which parameters; default: all that require a gradient. Those of normalizations are left alone, as their scales begin at 1. All others must belong to linear layers or convolutions.
    /// </summary>
    [Required]
    public ParameterFilter Parameters { get; set; } = ParameterFilter.All;

    /// <summary>
    /// What happens to the optimizers' state of the parameters; default <see cref="OptimizerStateReset.Keep"/>, as published. It is all of a parameter's state that any other value resets.
    /// </summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; }
}
