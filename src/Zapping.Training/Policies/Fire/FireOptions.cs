using System.ComponentModel.DataAnnotations;
using Zapping.Training.Parameters;

namespace Zapping.Training.Policies;

/// <summary>Which weights a <see cref="FirePolicy"/> moves toward isometries, and how far.</summary>
public sealed record FireOptions
{
    /// <summary>
    /// How many steps of the Newton-Schulz iteration, from 1 to 100; default 10, as published. A singular value that is the share s of the Frobenius norm grows by 1.5 in a step at the
    /// most: 0.05 comes to 0.9995 in ten, 0.01 to 0.53. Of a large random matrix some directions therefore stay short.
    /// </summary>
    [Range(1, 100)]
    public int Iterations { get; set; } = 10;

    /// <summary>Whether the isometry is scaled by sqrt(outputs / inputs); default <see langword="true"/>, as published.</summary>
    public bool Scale { get; set; } = true;

    /// <summary>
    /// Which parameters; default: all that require a gradient. Of these the weights of linear layers and of convolutions without groups are taken, the classifier's too, as published;
    /// <c>ParameterFilter.Where(name =&gt; !name.StartsWith("head."))</c> leaves a classifier alone.
    /// </summary>
    [Required]
    public ParameterFilter Parameters { get; set; } = ParameterFilter.All;

    /// <summary>Whether a weight that another layer uses too may be moved; default <see langword="false"/>: it is refused by name.</summary>
    public bool AllowSharedWeights { get; set; }

    /// <summary>
    /// What happens to the optimizers' state of what is written; default <see cref="OptimizerStateReset.Parameter"/>, as the published experiments make a new optimizer.
    /// </summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; } = OptimizerStateReset.Parameter;
}
