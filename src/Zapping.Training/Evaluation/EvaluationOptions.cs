using System.ComponentModel.DataAnnotations;
using static TorchSharp.torch;

namespace Zapping.Training.Evaluation;

/// <summary>What an evaluation measures besides accuracy, and how.</summary>
public sealed record EvaluationOptions
{
    /// <summary>
    /// Maps (outputs, labels) to the mean loss of a batch, a scalar. Default: the trainer's own loss where a trainer is evaluated, else softmax cross-entropy, for class ids
    /// or probabilities.
    /// </summary>
    public Func<Tensor, Tensor, Tensor>? Loss { get; set; }

    /// <summary>Examples at a time, where they do not come in batches; at least 1, default 250.</summary>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; set; } = 250;

    /// <summary>For each k, the fraction of examples whose class is among the k largest outputs is measured; each at least 1. Default: none.</summary>
    [Required]
    public IReadOnlyList<int> TopK { get; set; } = [];

    /// <summary>
    /// Numbers of your own by name, such as <c>options.Metrics["mae"] = (outputs, labels) => (outputs - labels).abs().mean()</c>: each maps (outputs, labels) of a batch to a scalar.
    /// The result is their mean, in which a batch counts as often as it has examples. A copy made by <c>with</c> shares them.
    /// </summary>
    [Required]
    public IDictionary<string, Func<Tensor, Tensor, Tensor>> Metrics { get; init; } = new Dictionary<string, Func<Tensor, Tensor, Tensor>>(StringComparer.Ordinal);

    /// <summary>[classes], by which results are printed; default: class ids.</summary>
    public IReadOnlyList<string>? ClassNames { get; set; }
}
