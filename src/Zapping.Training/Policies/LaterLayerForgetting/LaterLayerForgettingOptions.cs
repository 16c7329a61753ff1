using System.ComponentModel.DataAnnotations;
using Zapping.Training.HiddenUnits;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>Which layers a <see cref="LaterLayerForgettingPolicy"/> forgets, and how.</summary>
public sealed record LaterLayerForgettingOptions
{
    /// <summary>Which layers; default: the last one.</summary>
    [Required]
    public LayerRange Layers { get; set; } = LayerRange.Last(1);

    /// <summary>What the weights of linear layers and convolutions are drawn from; default: what a layer draws when it is built.</summary>
    [Required]
    public Initializer Weights { get; set; } = Initializer.LayerDefault();

    /// <summary>What happens to their biases; default <see cref="BiasReset.Redraw"/>, as when a layer is built.</summary>
    [EnumDataType(typeof(BiasReset))]
    public BiasReset Bias { get; set; } = BiasReset.Redraw;

    /// <summary>
    /// How the parameters of modules of one's own begin: maps a module and a parameter's name in it to what draws it; null
    /// where the module is not meant. It goes before what is known of a normalization or an embedding. Default: none is known.
    /// </summary>
    [Required]
    public Func<nn.Module, string, Initializer?> OwnModules { get; set; } = (_, _) => null;

    /// <summary>What happens to the optimizers' state of what is written; default <see cref="OptimizerStateReset.Parameter"/>: it starts anew.</summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; } = OptimizerStateReset.Parameter;
}
