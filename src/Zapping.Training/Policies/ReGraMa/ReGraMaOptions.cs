using System.ComponentModel.DataAnnotations;
using Zapping.Training.HiddenUnits;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>Which units a <see cref="ReGraMaPolicy"/> renews, and how.</summary>
public sealed record ReGraMaOptions
{
    /// <summary>
    /// tau, from 0 to 1; default 0.01. A unit whose score is no higher is inactive; the mean score of a layer is 1, and at 0 only units without any
    /// gradient are inactive. The paper has values from 0 to 0.1.
    /// </summary>
    [Range(0d, 1d)]
    public double Threshold { get; set; } = 0.01;

    /// <summary>Units are renewed in one of so many runs, at least 1; in the others gradients are only looked at. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int RenewEvery { get; set; } = 1;

    /// <summary>
    /// Decay of the running average of gradient magnitudes over runs, from 0 to below 1; default 0: only those of the last step count, as published. To average over
    /// steps, run the policy at each step and say with <see cref="RenewEvery"/> how often units are renewed.
    /// </summary>
    [Range(0d, 1d, MaximumIsExclusive = true)]
    public double Decay { get; set; }

    /// <summary>
    /// A renewed unit is left alone for so many runs, at least 0; default 1. Its outgoing weights are 0, so the first gradient of its
    /// incoming weights is 0 as well, and a policy that runs at each step would renew it for ever.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int MinimumAge { get; set; } = 1;

    /// <summary>The share of a layer's units that one run renews at most, those of the lowest scores first; from 0 to 1, default 1.</summary>
    [Range(0d, 1d)]
    public double AtMostShare { get; set; } = 1;

    /// <summary>Which layers, by their names in the model; default: all in <see cref="UnitGraph.ReplaceableLayers"/>.</summary>
    [Required]
    public Func<string, bool> Layers { get; set; } = _ => true;

    /// <summary>What incoming weights are drawn from; default: what a layer draws when it is built.</summary>
    [Required]
    public Initializer Weights { get; set; } = Initializer.LayerDefault();

    /// <summary>What happens to the optimizers' state of all that is written; default <see cref="OptimizerStateReset.Slice"/>.</summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; } = OptimizerStateReset.Slice;

    /// <summary>Which modules of your own are normalizations, as for <see cref="UnitGraph.Trace"/>; default <see langword="null"/>: none.</summary>
    public Func<nn.Module, bool>? IsNormalization { get; set; }
}
