using System.Numerics;

namespace Zapping.Training;

/// <summary>
/// When a policy runs: at boundaries <see cref="From"/>, <see cref="From"/> + <see cref="Period"/>, … of one kind.
/// </summary>
/// <remarks>
/// Boundaries are beginnings. To reset at the end of each epoch is to reset at the beginning of the next one:
/// <see cref="BoundaryKind.EpochBoundary"/> with <see cref="SkipFirst"/>, as nothing comes between the two. After the last epoch nothing
/// begins by itself; where a reset is wanted there too, <see cref="BatchTrainer{TBatch}.BeginEpoch"/> after <c>Fit</c> says so. That epoch
/// then stays empty, and a later <c>Fit</c> goes on behind it.
/// </remarks>
/// <param name="Every">The kind of boundary that counts; all others are ignored.</param>
public sealed record ResetSchedule(BoundaryKind Every)
{
    /// <summary>Every how many boundaries; at least 1, default 1.</summary>
    public long Period { get; init; } = 1;

    /// <summary>Index of the first boundary that counts; at least 0, default 0.</summary>
    public long From { get; init; }

    /// <summary>Index of the first boundary that no longer counts; <see langword="null"/> (default) for no end.</summary>
    public long? Until { get; init; }

    /// <summary>How many resets at the most; <see langword="null"/> (default) for no limit.</summary>
    public long? AtMost { get; init; }

    /// <summary>
    /// Whether nothing is reset at boundary <see cref="From"/> itself; default <see langword="false"/>. A freshly
    /// built classifier needs no reset, so the published i.i.d. runs skip the first epoch.
    /// </summary>
    public bool SkipFirst { get; init; }

    /// <summary>
    /// Name of the resets in logs, metrics, checkpoints and their random streams. Default: the name of the policy's class, with a number from the second of its kind on
    /// that a trainer is given. Two resets in a loop of your own that are of one class need names or seeds of their own.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>Seed of the resets' randomness; default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Every boundary of a kind: <c>trainer.UseZapping(every: ClassBoundary)</c>.</summary>
    /// <param name="every">The kind of boundary.</param>
    public static implicit operator ResetSchedule(BoundaryKind every) => new(every);

    /// <summary>Whether a reset is due.</summary>
    /// <param name="boundary">What is about to begin.</param>
    /// <param name="resetsDone">How many resets there have been.</param>
    internal bool IsDue(TrainingBoundary boundary, long resetsDone)
    {
        var since = boundary.Index - From;
        return boundary.Kind == Every
            && since >= 0
            && since % Period == 0
            && !(SkipFirst && since == 0)
            && !(boundary.Index >= Until)
            && !(resetsDone >= AtMost);
    }

    /// <summary>Whether both may be due at one boundary: of one kind, at indices that periods can share, and not one after the other has ended.</summary>
    internal bool Meets(ResetSchedule other) =>
        Every == other.Every
        && (From - other.From) % (long)BigInteger.GreatestCommonDivisor(Period, other.Period) == 0
        && BigInteger.Max(First, other.First) < BigInteger.Min(End, other.End);

    private BigInteger First => SkipFirst ? (BigInteger)From + Period : From;

    // Of the first boundary at which nothing is reset any more.
    private BigInteger End => BigInteger.Min(Until ?? long.MaxValue, AtMost is { } most ? First + ((BigInteger)most * Period) : long.MaxValue);

    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    internal ResetSchedule Ensure()
    {
        if (!Enum.IsDefined(Every))
        {
            throw new ArgumentOutOfRangeException(nameof(Every), Every, "Unknown kind of boundary.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Period);
        ArgumentOutOfRangeException.ThrowIfNegative(From);
        if (Until <= From)
        {
            throw new ArgumentOutOfRangeException(nameof(Until), Until, $"Until must lie after From = {From}; otherwise nothing is ever reset.");
        }

        if (AtMost < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(AtMost), AtMost, "AtMost must be 0 or more.");
        }

        if (Name is not null && string.IsNullOrWhiteSpace(Name))
        {
            throw new ArgumentException("Name must be a name, or null for that of the policy's class.", nameof(Name));
        }

        return this;
    }
}
