using System.ComponentModel.DataAnnotations;
using Zapping.Training.Parameters;

namespace Zapping.Training.Policies;

/// <summary>Which weights a <see cref="MaskedResetPolicy"/> keeps, and what becomes of the others.</summary>
public sealed record MaskedResetOptions
{
    /// <summary>r, above 0 and below 1; default 0.8. Of a corner: the share of outputs, and of inputs. Otherwise the share of weights.</summary>
    [Range(1e-9, 1 - 1e-9)]
    public double Keep { get; set; } = 0.8;

    /// <summary>Which weights are kept; default <see cref="KeptWeights.Corner"/>.</summary>
    [EnumDataType(typeof(KeptWeights))]
    public KeptWeights Mask { get; set; }

    /// <summary>Whether a random mask is the same at every reset; default <see langword="true"/>, as published.</summary>
    public bool SameMask { get; set; } = true;

    /// <summary>What takes the place of the other weights; default <see langword="null"/>: what a layer draws when it is built. Others: <see cref="Initializer.Zeros"/>, <see cref="Initializer.RewindTo"/>.</summary>
    public Initializer? Fresh { get; set; }

    /// <summary>
    /// Which parameters; default: all that require a gradient, the classifier's too. Of these the weights and biases of linear layers and convolutions are taken; normalizations stay.
    /// </summary>
    [Required]
    public ParameterFilter Parameters { get; set; } = ParameterFilter.All;

    /// <summary>What happens to the optimizers' state of what is written; default <see cref="OptimizerStateReset.Parameter"/>, as the published generations begin with a new optimizer.</summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; } = OptimizerStateReset.Parameter;
}
