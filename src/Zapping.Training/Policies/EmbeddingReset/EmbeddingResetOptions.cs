using System.ComponentModel.DataAnnotations;

namespace Zapping.Training.Policies;

/// <summary>Which embeddings an <see cref="EmbeddingResetPolicy"/> draws anew, and how.</summary>
public sealed record EmbeddingResetOptions
{
    /// <summary>
    /// Which modules, by their names in the model; default: all of type <see cref="TorchSharp.Modules.Embedding"/> or
    /// <see cref="TorchSharp.Modules.EmbeddingBag"/>.
    /// </summary>
    [Required]
    public Func<string, bool> Embeddings { get; set; } = _ => true;

    /// <summary>What the rows are drawn from; default <c>Initializer.Normal(0, 0.02)</c>, as published.</summary>
    [Required]
    public Initializer Weights { get; set; } = Initializer.Normal();

    /// <summary>
    /// The row of padding, at least 0, which becomes 0; it is that of each embedding that is chosen. Default <see langword="null"/>: rows that are 0 throughout stay 0, for so an embedding with a
    /// <c>padding_idx</c> has its row, which never gets a gradient; TorchSharp does not say which it is.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int? PaddingRow { get; set; }

    /// <summary>
    /// What happens to the optimizers' state of the embeddings; default <see cref="OptimizerStateReset.Parameter"/>, as released: moments and
    /// step count begin anew.
    /// </summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; } = OptimizerStateReset.Parameter;

    /// <summary>
    /// Whether an embedding is drawn anew though another layer has the same weight, such as the output layer of a language model; default
    /// <see langword="false"/>: it is refused.
    /// </summary>
    public bool AllowSharedWeights { get; set; }
}
