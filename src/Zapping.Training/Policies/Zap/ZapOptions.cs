using System.ComponentModel.DataAnnotations;
using Zapping.Training.Initializers;

namespace Zapping.Training;

/// <summary>
/// What a <see cref="ZapPolicy"/> resets, and to what. New options are those of <see cref="Published"/>; the other recipe with a name is <see cref="Recommended"/>. Both are
/// changed by a copy: <c>ZapOptions.Recommended with { Head = "head" }</c>.
/// </summary>
public sealed record ZapOptions
{
    private SharedMark _shared;

    /// <summary>
    /// As in arXiv 2310.07996: weights alone are drawn anew, with the fan-in of all reset rows together; the bias and the optimizers' state are kept. Shared and unchangeable.
    /// </summary>
    public static ZapOptions Published { get; } = Share(new());

    /// <summary>
    /// For resets of the whole classifier before every epoch but the first: each row is drawn with its own fan-in,
    /// the bias becomes 0, and the optimizers forget what they know of both. On Omniglot (docs/reproduction.md) a classifier
    /// that is learned on the resulting features, one class after another, reaches 64 % of 600 classes instead of 56 % with the
    /// published resets, at a ten times larger learning rate. Where the whole network goes on learning one example at a time,
    /// the published resets did better. Shared and unchangeable.
    /// <code>
    /// trainer.UseZapping(every: new(EpochBoundary) { SkipFirst = true }, ZapOptions.Recommended);
    /// </code>
    /// </summary>
    public static ZapOptions Recommended { get; } = Share(new()
    {
        Units = UnitSelection.All,
        Weights = Initializer.KaimingNormal(),
        Bias = BiasReset.Zero,
        OptimizerState = OptimizerStateReset.Slice,
    });

    /// <summary>The classifier layer; a name is enough, as in <c>Head = "classifier"</c>. Default: the only linear layer that it can be.</summary>
    [Required]
    public HeadSelector Head { get; set => field = Changed(value); } = HeadSelector.Single();

    /// <summary>Which units. Default: the classes that the boundary names at class and task boundaries, all units at epoch and step boundaries.</summary>
    [Required]
    public UnitSelection Units { get; set => field = Changed(value); } = UnitSelection.Default;

    /// <summary>To what their weights are set. Default: Kaiming normal with <see cref="KaimingFan.AsPublished"/>, which for a single row is its own fan-in.</summary>
    [Required]
    public Initializer Weights { get; set => field = Changed(value); } = Initializer.KaimingNormal(KaimingFan.AsPublished);

    /// <summary>What happens to their bias. Default: <see cref="BiasReset.Keep"/>.</summary>
    [EnumDataType(typeof(BiasReset))]
    public BiasReset Bias { get; set => field = Changed(value); }

    /// <summary>What happens to the optimizers' state of what is written. Default: <see cref="OptimizerStateReset.Keep"/>.</summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set => field = Changed(value); }

    /// <summary>
    /// Whether a head whose weight another layer uses too may be reset. Default: <see langword="false"/>, as a reset
    /// would silently change the other layer.
    /// </summary>
    public bool AllowSharedWeights { get; set => field = Changed(value); }

    private static ZapOptions Share(ZapOptions options)
    {
        options._shared = new SharedMark(options);
        return options;
    }

    private T Changed<T>(T value)
    {
        _shared.EnsureOwn(this);
        return value;
    }
}
