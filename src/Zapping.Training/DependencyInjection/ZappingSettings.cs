using System.ComponentModel.DataAnnotations;

namespace Zapping.Training;

/// <summary>
/// What configuration can say of zapping, in words and numbers: when, which rows, to what.
/// <c>services.AddZapping(configuration.GetSection("Zapping"))</c> reads it, <c>trainer.UseZapping(settings)</c> does it.
/// <code>
/// "Zapping": { "Every": "EpochBoundary", "SkipFirst": true, "Head": "head", "Bias": "Zero", "OptimizerState": "Slice", "Seed": 7 }
/// </code>
/// What needs code, such as a condition on units, is said by <see cref="ZapOptions"/> and <see cref="ResetSchedule"/>.
/// </summary>
public sealed partial class ZappingSettings : IValidatableObject
{
    /// <summary>The kind of boundary at which resets happen; there is no default.</summary>
    [Required(ErrorMessage = "must be StepBoundary, EpochBoundary, ClassBoundary or TaskBoundary")]
    [EnumDataType(typeof(BoundaryKind), ErrorMessage = "must be StepBoundary, EpochBoundary, ClassBoundary or TaskBoundary")]
    public BoundaryKind? Every { get; set; }

    /// <summary><see cref="ResetSchedule.Period"/>; at least 1, default 1.</summary>
    [Range(1L, long.MaxValue, ErrorMessage = "must be a whole number of 1 or more")]
    public long Period { get; set; } = 1;

    /// <summary><see cref="ResetSchedule.From"/>; at least 0, default 0.</summary>
    [Range(0L, long.MaxValue, ErrorMessage = "must be a whole number of 0 or more")]
    public long From { get; set; }

    /// <summary><see cref="ResetSchedule.Until"/>; above <see cref="From"/>, default no end.</summary>
    public long? Until { get; set; }

    /// <summary><see cref="ResetSchedule.AtMost"/>; at least 0, default no limit.</summary>
    [Range(0L, long.MaxValue, ErrorMessage = "must be a whole number of 0 or more")]
    public long? AtMost { get; set; }

    /// <summary><see cref="ResetSchedule.SkipFirst"/>; default <see langword="false"/>.</summary>
    public bool SkipFirst { get; set; }

    /// <summary><see cref="ResetSchedule.Seed"/>; default 0.</summary>
    public ulong Seed { get; set; }

    /// <summary>Dotted name of the classifier layer; default: the only linear layer that it can be.</summary>
    public string? Head { get; set; }

    /// <summary>
    /// Which rows; default: those of the boundary's classes at class and task boundaries, all at epoch and step boundaries.
    /// </summary>
    [EnumDataType(typeof(ZappedRows), ErrorMessage = "must be OfBoundary, All or Random")]
    public ZappedRows? Rows { get; set; }

    /// <summary>How many rows <see cref="ZappedRows.Random"/> draws; at least 1, and not given otherwise.</summary>
    [Range(1, int.MaxValue, ErrorMessage = "must be a whole number of 1 or more")]
    public int? RandomRows { get; set; }

    /// <summary>To what the weights are set; default <see cref="FreshWeights.KaimingNormal"/>.</summary>
    [EnumDataType(typeof(FreshWeights), ErrorMessage =
        "must be KaimingNormal, KaimingNormalAsPublished, KaimingUniform, XavierNormal, XavierUniform, LayerDefault or Zeros")]
    public FreshWeights Weights { get; set; }

    /// <summary><see cref="ZapOptions.Bias"/>; default <see cref="BiasReset.Keep"/>, as published.</summary>
    [EnumDataType(typeof(BiasReset), ErrorMessage = "must be Keep, Zero or Redraw")]
    public BiasReset Bias { get; set; }

    /// <summary><see cref="ZapOptions.OptimizerState"/>; default <see cref="OptimizerStateReset.Keep"/>, as published.</summary>
    [EnumDataType(typeof(OptimizerStateReset), ErrorMessage = "must be Keep, Slice or Parameter")]
    public OptimizerStateReset OptimizerState { get; set; }

    /// <summary><see cref="ZapOptions.AllowSharedWeights"/>; default <see langword="false"/>.</summary>
    public bool AllowSharedWeights { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Until <= From)
        {
            yield return new ValidationResult($"must lie above From, which is {From}", [nameof(Until)]);
        }

        if (Head is not null && string.IsNullOrWhiteSpace(Head))
        {
            yield return new ValidationResult("must be the name of a layer, or left out", [nameof(Head)]);
        }

        if (Rows == ZappedRows.Random && RandomRows is null)
        {
            yield return new ValidationResult("must say how many rows, as Rows is Random", [nameof(RandomRows)]);
        }

        if (Rows != ZappedRows.Random && RandomRows is not null)
        {
            yield return new ValidationResult("must be left out, as Rows is not Random", [nameof(RandomRows)]);
        }

        if (Rows == ZappedRows.OfBoundary && Every is BoundaryKind.EpochBoundary or BoundaryKind.StepBoundary)
        {
            yield return new ValidationResult($"must be All or Random, as an {Every} names no classes", [nameof(Rows)]);
        }
    }
}
