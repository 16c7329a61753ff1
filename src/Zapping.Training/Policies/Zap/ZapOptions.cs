using System.ComponentModel.DataAnnotations;

namespace Zapping.Training;

/// <summary>What a <see cref="ZapPolicy"/> resets, and to what.</summary>
public sealed class ZapOptions
{
    /// <summary>
    /// New options for resets of the whole classifier before every epoch but the first: each row is drawn with its own fan-in,
    /// the bias becomes 0, and the optimizers forget what they know of both. On Omniglot (docs/reproduction.md) a classifier
    /// that is learned on the resulting features, one class after another, reaches 64 % of 600 classes instead of 56 % with the
    /// published resets, at a ten times larger learning rate. Where the whole network goes on learning one example at a time,
    /// the published resets did better.
    /// <code>
    /// trainer.UseZapping(ZapOptions.Recommended, new ResetSchedule(EpochBoundary) { SkipFirst = true });
    /// </code>
    /// </summary>
    public static ZapOptions Recommended => new()
    {
        Units = UnitSelection.All,
        Bias = BiasReset.Zero,
        OptimizerState = OptimizerStateReset.Slice,
    };

    /// <summary>The classifier layer; default: the only linear layer that it can be.</summary>
    [Required]
    public HeadSelector Head { get; set; } = HeadSelector.Only();

    /// <summary>Which units; default: the classes that the boundary names.</summary>
    [Required]
    public UnitSelection Units { get; set; } = UnitSelection.BoundaryClasses;

    /// <summary>To what their weights are set; default: Kaiming normal with the fan-in of one row.</summary>
    [Required]
    public Rewriter Weights { get; set; } = Rewriter.KaimingNormal();

    /// <summary>What happens to their bias; default <see cref="BiasReset.Keep"/>, as published.</summary>
    [EnumDataType(typeof(BiasReset))]
    public BiasReset Bias { get; set; }

    /// <summary>
    /// What happens to the optimizers' state of what is written; default <see cref="OptimizerStateReset.Keep"/>,
    /// as published.
    /// </summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; }

    /// <summary>
    /// Whether a head whose weight another layer uses too may be reset; default <see langword="false"/>: a reset
    /// would silently change the other layer.
    /// </summary>
    public bool AllowSharedWeights { get; set; }
}
