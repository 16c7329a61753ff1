using System.ComponentModel.DataAnnotations;

namespace Zapping.Training.Policies;

/// <summary>How a <see cref="HareAndTortoisePolicy"/> averages, and when it returns.</summary>
public sealed record HareAndTortoiseOptions
{
    /// <summary>
    /// m, from 0 to below 1; default 0.999, as published. The average remembers about 1 / (1 - m) steps; where fewer lie between two returns, a return loses most of the training.
    /// </summary>
    [Range(0d, 1 - 1e-12)]
    public double Decay { get; set; } = 0.999;

    /// <summary>Every how many steps the network returns to its average, at least 1; default 1000. Published: ten epochs.</summary>
    [Range(1L, long.MaxValue)]
    public long ReturnEvery { get; set; } = 1000;

    /// <summary>What happens to the optimizers' state at a return; default <see cref="OptimizerStateReset.Keep"/>, as published.</summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; }
}
