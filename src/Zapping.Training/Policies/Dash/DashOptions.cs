using System.ComponentModel.DataAnnotations;
using Zapping.Training.Parameters;

namespace Zapping.Training.Policies;

/// <summary>How a <see cref="DashPolicy"/> averages gradients, and how far it shrinks which parameters.</summary>
public sealed record DashOptions
{
    /// <summary>alpha, above 0 up to 1; default 0.3: the weight of each batch in the average, so that the last batches weigh most.</summary>
    [Range(1e-9, 1d)]
    public double Smoothing { get; set; } = 0.3;

    /// <summary>lambda, from 0 to 1; default 0.3: no weight is shrunk further.</summary>
    [Range(0d, 1d)]
    public double Floor { get; set; } = 0.3;

    /// <summary>Whether the bias of a layer is shrunk too, by one factor for all of it; default <see langword="true"/>, as in the released code.</summary>
    public bool Biases { get; set; } = true;

    /// <summary>Which parameters; default: all that require a gradient. Of these weights and biases of linear layers and convolutions are taken; normalizations stay.</summary>
    [Required]
    public ParameterFilter Parameters { get; set; } = ParameterFilter.All;

    /// <summary>What happens to the optimizers' state of what is written; default <see cref="OptimizerStateReset.Keep"/>, as published.</summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; }
}
