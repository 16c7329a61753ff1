using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>A learning-rate scheduler of TorchSharp, how often it has been stepped, and with what, which it does not tell itself.</summary>
/// <param name="schedule">The scheduler.</param>
/// <param name="every">What is followed by a step.</param>
/// <param name="metric">What it waits for to improve; null if it waits for nothing.</param>
/// <param name="steps">How many steps it has made.</param>
internal sealed class LearningRateSchedule(optim.lr_scheduler.LRScheduler schedule, BoundaryKind every, Func<double>? metric, long steps = 0)
{
    private readonly List<double> _metrics = [];

    public BoundaryKind Every => every;

    /// <summary>Its class.</summary>
    public string Kind => schedule.GetType().Name;

    /// <summary>Its options by name, as far as they can be read; null if they cannot.</summary>
    public IReadOnlyDictionary<string, object?>? Options => LearningRateOptions.Of(schedule);

    public bool NeedsMetric => metric is not null;

    public long Steps { get; private set; } = steps;

    /// <summary>One for each step, if it waits for a metric.</summary>
    public IReadOnlyList<double> Metrics => _metrics;

    /// <summary>One that a loop of the user's own steps, which counts for itself.</summary>
    public static LearningRateSchedule OfLoop(optim.lr_scheduler.LRScheduler schedule) =>
        new(schedule, BoundaryKind.EpochBoundary, metric: null, LearningRateOptions.StepsOf(schedule));

    /// <exception cref="InvalidOperationException">The metric is not finite.</exception>
    public void Step()
    {
        if (metric is null)
        {
            schedule.step();
            Steps++;
        }
        else
        {
            var value = metric();
            Step(double.IsFinite(value) ? value : throw new InvalidOperationException($"The metric of a learning-rate scheduler is {value}; it must be finite."));
        }
    }

    private void Step(double value)
    {
        schedule.step(value);
        _metrics.Add(value);
        Steps++;
    }

    /// <summary>Brings a fresh scheduler to where a saved one was.</summary>
    /// <exception cref="InvalidOperationException">It has been stepped further than that already.</exception>
    /// <param name="steps">How many steps that one had made.</param>
    /// <param name="metrics">What they were made with, if it waits for a metric.</param>
    public void CatchUp(long steps, IReadOnlyList<double> metrics)
    {
        if (Steps > steps)
        {
            throw new InvalidOperationException(
                $"A learning-rate scheduler has made {Steps} steps and cannot go back to {steps}: make a new one before resuming.");
        }

        while (Steps < steps)
        {
            if (metric is null)
            {
                Step();
            }
            else
            {
                Step(metrics[(int)Steps]);
            }
        }
    }
}
