using System.ComponentModel.DataAnnotations;

namespace Zapping.Training;

/// <summary>Which units a <see cref="ContinualBackpropPolicy"/> replaces, and how.</summary>
public sealed class ContinualBackpropOptions
{
    /// <summary>rho: the share of the mature units of a layer that is replaced at each run of the policy, from 0 to 1; default 1e-4.</summary>
    [Range(0d, 1d)]
    public double ReplacementRate { get; set; } = 1e-4;

    /// <summary>m: a unit is not replaced before it has lived for more than so many runs of the policy; at least 0, default 100.</summary>
    [Range(0L, long.MaxValue)]
    public long MaturityThreshold { get; set; } = 100;

    /// <summary>eta: decay of the running averages of utility and activation, from 0 to below 1; default 0.99.</summary>
    [Range(0d, 1d, MaximumIsExclusive = true)]
    public double Decay { get; set; } = 0.99;

    /// <summary>Which layers, by their names in the model; default: all in <see cref="UnitGraph.Hidden"/>.</summary>
    [Required]
    public Func<string, bool> Layers { get; set; } = _ => true;

    /// <summary>What incoming weights are drawn from; default: what a layer draws when it is built.</summary>
    [Required]
    public Rewriter Weights { get; set; } = Rewriter.LayerDefault();

    /// <summary>
    /// What happens to the optimizers' state of incoming and outgoing weights; default <see cref="OptimizerStateReset.Slice"/>, as
    /// published. That of a bias that takes a unit's mean contribution over is kept.
    /// </summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; } = OptimizerStateReset.Slice;

    /// <summary>Activations are looked at in one of so many forward passes, at least 1; default 1, as published.</summary>
    [Range(1, int.MaxValue)]
    public int SampleEvery { get; set; } = 1;
}
