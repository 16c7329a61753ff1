using System.ComponentModel.DataAnnotations;
using Zapping.Training.HiddenUnits;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>Which units a <see cref="ReDoPolicy"/> recycles, and how.</summary>
public sealed record ReDoOptions
{
    /// <summary>
    /// tau, from 0 to 1; default 0.1. A unit whose score is no higher is dormant; the mean score of a layer is 1, and at 0 only
    /// units that are never active are dormant.
    /// </summary>
    [Range(0d, 1d)]
    public double Threshold { get; set; } = 0.1;

    /// <summary>Which layers, by their names in the model; default: all in <see cref="UnitGraph.ReplaceableLayers"/>.</summary>
    [Required]
    public Func<string, bool> Layers { get; set; } = _ => true;

    /// <summary>What incoming weights are drawn from; default: what a layer draws when it is built.</summary>
    [Required]
    public Initializer Weights { get; set; } = Initializer.LayerDefault();

    /// <summary>
    /// What happens to the optimizers' state of all that is written; default <see cref="OptimizerStateReset.Slice"/>, as published for
    /// weights. For biases the authors' code (dopamine) keeps Adam's moments; here they are cleared with those of the weights.
    /// </summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; } = OptimizerStateReset.Slice;

    /// <summary>Activations are looked at in one of so many forward passes, at least 1; default 8.</summary>
    [Range(1, int.MaxValue)]
    public int SampleEvery { get; set; } = 8;

    /// <summary>Which modules of your own are normalizations, as for <see cref="UnitGraph.Trace"/>; default <see langword="null"/>: none.</summary>
    public Func<nn.Module, bool>? IsNormalization { get; set; }
}
