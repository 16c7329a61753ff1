using System.ComponentModel.DataAnnotations;
using Zapping.Training.HiddenUnits;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>Which units a <see cref="ContinualBackpropPolicy"/> replaces, and how.</summary>
public sealed record ContinualBackpropOptions
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

    /// <summary>Which layers, by their names in the model; default: all in <see cref="UnitGraph.ReplaceableLayers"/>.</summary>
    [Required]
    public Func<string, bool> Layers { get; set; } = _ => true;

    /// <summary>What incoming weights are drawn from; default: what a layer draws when it is built.</summary>
    [Required]
    public Initializer Weights { get; set; } = Initializer.LayerDefault();

    /// <summary>
    /// Whether the bias of the next layer takes over what a replaced unit added on average; default <see langword="true"/>, as the comment
    /// in the authors' code means it. Their released code does not do it: <c>GnT</c> sets the averages of the chosen units to 0 before it
    /// adds them, and <c>ConvGnT</c>, <c>CBPLinear</c> and <c>CBPConv</c> have no such step. <see langword="false"/> does as these do.
    /// </summary>
    public bool BiasTakesOver { get; set; } = true;

    /// <summary>
    /// Whether a new unit feeds units of the next layer that are new at the same time, through their fresh incoming weights; default
    /// <see langword="false"/>: all its outgoing weights are 0. <see langword="true"/> does as the authors' released code, which goes layer
    /// by layer, so that the later layer's fresh weights overwrite the zeros.
    /// </summary>
    public bool NewUnitsFeedNewUnits { get; set; }

    /// <summary>
    /// What happens to the optimizers' state of incoming and outgoing weights; default <see cref="OptimizerStateReset.Slice"/>, as
    /// published for SGD and for Adam's moments. Adam's step counter is the parameter's own here and stays, while the authors'
    /// <c>AdamGnT</c> counts for each weight and begins anew; besides, it multiplies each update by 1 - beta2^t alone, so its steps are those
    /// of no other Adam. The state of a bias that takes a unit's mean contribution over is kept.
    /// </summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; } = OptimizerStateReset.Slice;

    /// <summary>Activations are looked at in one of so many forward passes, at least 1; default 1, as published.</summary>
    [Range(1, int.MaxValue)]
    public int SampleEvery { get; set; } = 1;

    /// <summary>Which modules of your own are normalizations, as for <see cref="UnitGraph.Trace"/>; default <see langword="null"/>: none.</summary>
    public Func<nn.Module, bool>? IsNormalization { get; set; }
}
