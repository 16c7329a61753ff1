namespace Zapping.Training.Hosting;

/// <summary>
/// When a classifier is zapped, and how: what configuration can say, with one key for each option.
/// <c>services.AddZapping(configuration.GetSection("Zapping"))</c> reads it, <c>trainer.UseZapping(settings)</c> does it.
/// <code>
/// "Zapping": { "Every": "EpochBoundary", "SkipFirst": true, "Head": "head", "Bias": "Zero", "OptimizerState": "Slice", "Seed": 7 }
/// </code>
/// </summary>
/// <remarks>
/// Keys of the schedule: Every (which has no default), Period, From, Until, AtMost, SkipFirst, Name and Seed, as in <see cref="ResetSchedule"/>. Keys of the options, as in
/// <see cref="ZapOptions"/>: Recipe (Published, the default, or Recommended; the other keys change it), Head (a layer's name), Units (Default, BoundaryClasses, All,
/// "Random 4", or unit numbers such as "0, 3"), Weights (KaimingNormal, KaimingNormalAsPublished, KaimingUniform, XavierNormal, XavierUniform, LayerDefault or Zeros), Bias,
/// OptimizerState and AllowSharedWeights.
/// </remarks>
public sealed class ZapSettings
{
    /// <summary>When; there is no default.</summary>
    public ResetSchedule? Every { get; set; }

    /// <summary>What is reset, and to what. Default: <see cref="ZapOptions.Published"/>.</summary>
    public ZapOptions Options { get; set; } = new();
}
