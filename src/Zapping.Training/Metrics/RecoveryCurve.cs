using Zapping.Training.Internal;

namespace Zapping.Training;

/// <summary>How a model falls at an event, such as a reset or a change of domain, and comes back.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed partial class RecoveryCurve
{
    private RecoveryCurve(long eventStep, double? levelBefore, IReadOnlyList<LevelPoint> after)
    {
        EventStep = eventStep;
        LevelBefore = levelBefore;
        After = after;
    }

    /// <summary>The step before which the event happened: the first one that it can have changed.</summary>
    public long EventStep { get; }

    /// <summary>Mean level in the window before the event; <see langword="null"/> if nothing was measured there.</summary>
    public double? LevelBefore { get; }

    /// <summary>The levels from the event to the next event or the end, smoothed if that was asked for; empty if nothing was measured.</summary>
    public IReadOnlyList<LevelPoint> After { get; }

    /// <summary>
    /// <see cref="LevelBefore"/> minus the first level after the event, negative for a rise; <see langword="null"/> if one of them is unknown.
    /// </summary>
    public double? Drop => After.Count > 0 ? LevelBefore - After[0].Level : null;

    /// <summary>The lowest level after the event; <see langword="null"/> if nothing was measured.</summary>
    public double? LowestLevel => After.Count > 0 ? After.Min(point => point.Level) : null;

    /// <summary>
    /// The area between the level before and the curve, in level times steps: the trapezoidal rule over max(0, before - level), from
    /// the first point after the event to the first that reaches the level before, or to the last. What a reset costs in all.
    /// <see langword="null"/> if the level before is unknown or nothing was measured after.
    /// </summary>
    public double? AreaLost
    {
        get
        {
            if (LevelBefore is not { } before || After.Count == 0)
            {
                return null;
            }

            var area = 0.0;
            for (var i = 1; i < After.Count && After[i - 1].Level < before; i++)
            {
                var loss = (before - After[i - 1].Level) + Math.Max(0, before - After[i].Level);
                area += loss / 2 * (After[i].Step - After[i - 1].Step);
            }

            return area;
        }
    }

    /// <summary>
    /// Steps from the event to the first level of at least a fraction of the level before; 0 if the first point has it, as when
    /// nothing was lost. <see langword="null"/> if it is not reached before the next event or the end, or the level before is unknown.
    /// </summary>
    /// <param name="fraction">Above 0 and finite: 0.9 for 90 % of the level before.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is out of its range.</exception>
    public long? StepsTo(double fraction)
    {
        Guard.NonNegative(fraction);
        ArgumentOutOfRangeException.ThrowIfZero(fraction);
        foreach (var (step, level) in After)
        {
            if (level >= fraction * LevelBefore)
            {
                return step - EventStep;
            }
        }

        return null;
    }

    /// <summary><see cref="StepsTo(double)"/> for several fractions, in their order.</summary>
    /// <param name="fractions">Each above 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A fraction is out of its range.</exception>
    public IReadOnlyList<long?> StepsTo(params IReadOnlyList<double> fractions)
    {
        ArgumentNullException.ThrowIfNull(fractions);
        return [.. fractions.Select(StepsTo)];
    }
}
