using System.ComponentModel.DataAnnotations;
using Zapping.Training.Parameters;

namespace Zapping.Training.Policies;

/// <summary>How strongly a <see cref="NormProjectionPolicy"/> draws which weights back to their initial norms.</summary>
public sealed record NormProjectionOptions
{
    /// <summary>
    /// lambda, above 0 up to 1; default 1: each weight has its initial norm after each run. Below 1 its norm comes closer by that share: <c>lambda · n_0 + (1 - lambda) · ||W||</c>.
    /// </summary>
    [Range(1e-9, 1d)]
    public double Strength { get; set; } = 1;

    /// <summary>
    /// Which parameters; default: all that require a gradient. Of these the weights of linear layers and convolutions are taken. In a network without normalizations leave the
    /// classifier out, or it loses its freedom to be confident: <c>ParameterFilter.Where(name =&gt; !name.StartsWith("head."))</c>.
    /// </summary>
    [Required]
    public ParameterFilter Parameters { get; set; } = ParameterFilter.All;

    /// <summary>
    /// What happens to the optimizers' state of the parameters; default <see cref="OptimizerStateReset.Keep"/>. It is all of a parameter's state that any other value resets.
    /// </summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; }
}
