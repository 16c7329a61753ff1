using System.ComponentModel.DataAnnotations;
using Zapping.Training.HiddenUnits;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>When a <see cref="SelfNormalizedResetPolicy"/> renews a unit, and how. Silences are counted in runs of the policy.</summary>
public sealed record SelfNormalizedResetOptions : IValidatableObject
{
    /// <summary>
    /// q, from 0 to below 1; default 0.99, as released. A unit's threshold is the shortest silence that at least a share q of its silences do not
    /// exceed; the higher q, the fewer units are renewed.
    /// </summary>
    [Range(0d, 1d, MaximumIsExclusive = true)]
    public double Quantile { get; set; } = 0.99;

    /// <summary>The threshold of every unit at first, in runs; from <see cref="MinimumSilence"/> to <see cref="MaximumSilence"/>, default 200.</summary>
    [Range(1, 100_000)]
    public int InitialSilence { get; set; } = 200;

    /// <summary>
    /// No threshold is lower, in runs; at least 1, default 1. The released code has 100 examples, its batch size.
    /// </summary>
    [Range(1, 100_000)]
    public int MinimumSilence { get; set; } = 1;

    /// <summary>
    /// No threshold is higher, in runs; at most 100,000, default 200. For each unit so many numbers of 4 bytes are kept, which a trainer copies at each step. The released code has 20,000 examples in
    /// batches of 100, which is the same.
    /// </summary>
    [Range(1, 100_000)]
    public int MaximumSilence { get; set; } = 200;

    /// <summary>
    /// Thresholds are set anew after so many runs, from the silences since the last time; at least 1, default 2000. The released code does it after 16
    /// tasks.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int UpdateEvery { get; set; } = 2000;

    /// <summary>The factor by which a threshold grows where the quantile is not below it; at least 1, default 2, as released.</summary>
    [Range(1, 100_000)]
    public int Expansion { get; set; } = 2;

    /// <summary>
    /// A unit with fewer silences since the last time gets a higher threshold instead of a quantile; at least 0, default 1: a unit that was never silent.
    /// 0 does as the released code, which gives such a unit the lowest threshold, so that its first silent batch renews it.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int EvidenceRequired { get; set; } = 1;

    /// <summary>
    /// Which layers, by their names in the model; default: all in <see cref="UnitGraph.ReplaceableLayers"/>. Leave out those without a
    /// ReLU or its like, where a value above 0 says nothing.
    /// </summary>
    [Required]
    public Func<string, bool> Layers { get; set; } = _ => true;

    /// <summary>What incoming weights are drawn from; default: what a layer draws when it is built.</summary>
    [Required]
    public Initializer Weights { get; set; } = Initializer.LayerDefault();

    /// <summary>What happens to the optimizers' state of all that is written; default <see cref="OptimizerStateReset.Slice"/>, as released.</summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; } = OptimizerStateReset.Slice;

    /// <summary>Which modules of your own are normalizations, as for <see cref="UnitGraph.Trace"/>; default <see langword="null"/>: none.</summary>
    public Func<nn.Module, bool>? IsNormalization { get; set; }

    /// <summary>Compares the three bounds of silence, which no attribute of one of them can.</summary>
    /// <param name="validationContext">Not used.</param>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (InitialSilence < MinimumSilence || InitialSilence > MaximumSilence)
        {
            yield return new ValidationResult(
                $"{nameof(InitialSilence)} is {InitialSilence}, but must be from {nameof(MinimumSilence)}, which is {MinimumSilence}, to {nameof(MaximumSilence)}, which is {MaximumSilence}.",
                [nameof(InitialSilence)]);
        }
    }
}
