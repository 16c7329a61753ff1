using Zapping.Training.Validation;

namespace Zapping.Training.Evaluation;

/// <summary>How a model falls at an event, such as a reset or a change of domain, and comes back.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class RecoveryCurve
{
    private RecoveryCurve(long eventStep, double? levelBefore, IReadOnlyList<MetricPoint> after)
    {
        EventStep = eventStep;
        Baseline = levelBefore;
        After = after;
    }

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
        IReadOnlyList<MetricPoint> series, IReadOnlyList<long> events, RecoveryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(events);
        options = OptionsValidator.Validate(options ?? new RecoveryOptions());
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

    /// <summary>The step before which the event happened: the first one that it can have changed.</summary>
    public long EventStep { get; }

    /// <summary>Mean level in the window before the event; <see langword="null"/> if nothing was measured there.</summary>
    public double? Baseline { get; }

    /// <summary>The levels from the event to the next event or the end, smoothed if that was asked for; empty if nothing was measured.</summary>
    public IReadOnlyList<MetricPoint> After { get; }

    /// <summary>
    /// <see cref="Baseline"/> minus the first level after the event, negative for a rise; <see langword="null"/> if one of them is unknown.
    /// </summary>
    public double? Drop => After.Count > 0 ? Baseline - After[0].Level : null;

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
            if (Baseline is not { } before || After.Count == 0)
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
            if (level >= fraction * Baseline)
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

    /// <summary>A table of one row: what was lost, and when 90 % of the level before was reached again; "-" for what is unknown.</summary>
    public override string ToString() => Summary().ToText();

    /// <summary>The same table in Markdown.</summary>
    public string ToMarkdown() => Summary().ToMarkdown();

    /// <summary>The points of the curve as comma-separated values with a header: step, steps since the event, and level in full precision.</summary>
    public string ToCsv()
    {
        var table = new TextTable("step", "since", "level");
        foreach (var (step, level) in After)
        {
            table.Add(step, step - EventStep, TextTable.Cell.Number(level));
        }

        return table.ToCsv();
    }

    private TextTable Summary()
    {
        var table = new TextTable("event at step", "before", "drop", "lowest", "area lost", "steps to 90 %");
        table.Add(
            EventStep, TextTable.Cell.Number(Baseline), TextTable.Cell.Number(Drop), TextTable.Cell.Number(LowestLevel), TextTable.Cell.Number(AreaLost),
            StepsTo(0.9) is { } steps ? steps : TextTable.Cell.Number(null));
        return table;
    }

    private static MetricPoint[] Smooth(IReadOnlyList<MetricPoint> series, int start, int end, int length)
    {
        var smooth = new MetricPoint[end - start];
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
