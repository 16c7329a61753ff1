using System.ComponentModel.DataAnnotations;
using Zapping.Training.Parameters;

namespace Zapping.Training.Policies;

/// <summary>What a <see cref="FullResetPolicy"/> begins anew.</summary>
public sealed record FullResetOptions
{
    /// <summary>
    /// Which parameters; default: all that require a gradient. Each must belong to a layer whose default initialization is known: Linear, convolutions, normalization layers and embeddings.
    /// </summary>
    [Required]
    public ParameterFilter Parameters { get; set; } = ParameterFilter.All;

    /// <summary>Whether running statistics of normalizations begin anew too; default <see langword="true"/>.</summary>
    public bool RunningStatistics { get; set; } = true;

    /// <summary>What happens to the optimizers' state of what is written; default <see cref="OptimizerStateReset.Parameter"/>, as with a new optimizer.</summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; } = OptimizerStateReset.Parameter;
}
