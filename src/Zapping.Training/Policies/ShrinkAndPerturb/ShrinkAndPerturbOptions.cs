using System.ComponentModel.DataAnnotations;
using Zapping.Training.Parameters;

namespace Zapping.Training;

/// <summary>What a <see cref="ShrinkAndPerturbPolicy"/> does to which parameters.</summary>
public sealed record ShrinkAndPerturbOptions
{
    /// <summary>Factor of the current values, from 0 to 1; default 0.4.</summary>
    [Range(0d, 1d)]
    public double Shrink { get; set; } = 0.4;

    /// <summary>Factor of freshly initialized values, from 0 to 1; default 0.1.</summary>
    [Range(0d, 1d)]
    public double Perturb { get; set; } = 0.1;

    /// <summary>
    /// Which parameters; default: all that require a gradient. Each must belong to a layer whose default initialization
    /// is known: Linear, convolutions and normalization layers.
    /// </summary>
    [Required]
    public ParameterFilter Parameters { get; set; } = ParameterFilter.All;

    /// <summary>What happens to the optimizers' state of what is written; default <see cref="OptimizerStateReset.Keep"/>.</summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; }

    /// <summary>
    /// Takes the place of fresh values, such as the weights of before training; default <see langword="null"/>: fresh ones. With <c>Shrink = 1 - c</c> and <c>Perturb = c</c>
    /// nothing is random. The snapshot must outlive the policy, and a resumed run must take the same one.
    /// </summary>
    public ParameterSnapshot? Toward { get; set; }
}
