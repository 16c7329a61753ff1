using Zapping.Training.Internal;

namespace Zapping.Training;

/// <content>From one long series to a curve for each event.</content>
public sealed partial class RecoveryCurve
{
    /// <summary>Cuts a series of levels at events into one curve for each.</summary>
    /// <param name="series">Steps strictly ascending, with gaps where nothing was measured.</param>
    /// <param name="events">
    /// Strictly ascending steps. A point at the step of an event lies after it, as a batch does that is looked at before its update.
    /// </param>
    /// <param name="options">Window and smoothing; default: see there.</param>
    /// <returns>As many as there are events, in their order.</returns>
    /// <exception cref="ArgumentException">Steps are not ascending, or an option is invalid.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A level is negative or not finite.</exception>
    public static IReadOnlyList<RecoveryCurve> Cut(
        IReadOnlyList<LevelPoint> series, IReadOnlyList<long> events, RecoveryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(events);
        options = OptionsRules.Ensure(options ?? new RecoveryOptions());
        EnsureAscending([.. series.Select(point => point.Step)], nameof(series));
        EnsureAscending(events, nameof(events));
        foreach (var point in series)
        {
            Guard.NonNegative(point.Level, nameof(series));
        }

        var curves = new RecoveryCurve[events.Count];
        var from = 0;
        for (var i = 0; i < events.Count; i++)
        {
            var start = FirstAt(events[i], from);
            var end = i + 1 < events.Count ? FirstAt(events[i + 1], start) : series.Count;
            var window = Enumerable.Range(from, start - from).Where(p => series[p].Step >= events[i] - options.WindowBefore);
            double? before = window.Any() ? window.Average(p => series[p].Level) : null;
            curves[i] = new RecoveryCurve(events[i], before, Smooth(series, start, end, options.MovingAverage));
            from = start;
        }

        return curves;

        int FirstAt(long step, int index)
        {
            while (index < series.Count && series[index].Step < step)
            {
                index++;
            }

            return index;
        }
    }

    private static LevelPoint[] Smooth(IReadOnlyList<LevelPoint> series, int start, int end, int length)
    {
        var smooth = new LevelPoint[end - start];
        for (var i = start; i < end; i++)
        {
            var first = Math.Max(start, i - length + 1);
            smooth[i - start] = series[i] with { Level = Enumerable.Range(first, i - first + 1).Average(p => series[p].Level) };
        }

        return smooth;
    }

    private static void EnsureAscending(IReadOnlyList<long> steps, string name)
    {
        for (var i = 1; i < steps.Count; i++)
        {
            if (steps[i] <= steps[i - 1])
            {
                throw new ArgumentException($"Steps must ascend, but {steps[i]} comes after {steps[i - 1]}.", name);
            }
        }
    }
}
