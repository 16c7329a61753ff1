using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Zapping.Training.Telemetry;

/// <summary>
/// What training tells whoever listens through <see cref="System.Diagnostics"/>, such as OpenTelemetry or <c>dotnet-counters</c>:
/// <c>AddMeter(TrainingTelemetry.MeterName)</c>, <c>AddSource(TrainingTelemetry.ActivitySourceName)</c>. Where nobody listens, nothing is measured.
/// <list type="table">
/// <listheader><term>instrument</term><description>what it counts</description></listheader>
/// <item><term><c>zapping.resets</c></term><description>resets that have been carried out; tags <c>zapping.policy</c> and <c>zapping.boundary</c></description></item>
/// <item><term><c>zapping.reset.rows</c></term><description>
/// rows of weights that resets have written: a whole parameter counts all of its rows, a bias none, because its units' weights do;
/// columns count none; tags <c>zapping.policy</c> and <c>zapping.boundary</c>
/// </description></item>
/// <item><term><c>zapping.reset.duration</c></term><description>
/// seconds of one reset; on a CUDA device the work is only enqueued by then; tags <c>zapping.policy</c> and <c>zapping.boundary</c>
/// </description></item>
/// <item><term><c>zapping.steps</c></term><description>optimization steps, or episodes; tag <c>zapping.trainer</c></description></item>
/// <item><term><c>zapping.examples</c></term><description>examples of optimization steps; tag <c>zapping.trainer</c></description></item>
/// <item><term><c>zapping.loss</c></term><description>loss of the last batch before its update, a gauge; tag <c>zapping.trainer</c></description></item>
/// <item><term><c>zapping.accuracy</c></term><description>
/// accuracy on the last batch before its update, from 0 to 1, where labels are class ids, a gauge; on a CUDA device each step then waits for it; tag <c>zapping.trainer</c>
/// </description></item>
/// <item><term><c>zapping.learning_rate</c></term><description>learning rate of the last step, of the first optimizer's first group, a gauge; tag <c>zapping.trainer</c></description></item>
/// <item><term><c>zapping.step.duration</c></term><description>seconds of one optimization step with its resets; tag <c>zapping.trainer</c></description></item>
/// <item><term><c>zapping.checkpoint.duration</c></term><description>seconds of the writing of a checkpoint; tag <c>zapping.trainer</c></description></item>
/// </list>
/// <list type="table">
/// <listheader><term>activity</term><description>what it spans</description></listheader>
/// <item><term><c>zapping.fit</c></term><description>one call of <c>Fit</c>; tag <c>zapping.trainer</c></description></item>
/// <item><term><c>zapping.task</c></term><description>a task of a stream; tag <c>zapping.index</c></description></item>
/// <item><term><c>zapping.epoch</c></term><description>an epoch; tag <c>zapping.index</c></description></item>
/// <item><term><c>zapping.reset</c></term><description>a reset; tags <c>zapping.policy</c>, <c>zapping.boundary</c> and <c>zapping.index</c></description></item>
/// <item><term><c>zapping.checkpoint</c></term><description>the writing of a checkpoint; tag <c>zapping.step</c></description></item>
/// </list>
/// </summary>
public static class TrainingTelemetry
{
    /// <summary>Name of the <see cref="Meter"/>.</summary>
    public const string MeterName = "Zapping.Training";

    /// <summary>Name of the <see cref="ActivitySource"/>.</summary>
    public const string ActivitySourceName = MeterName;

    private static readonly ActivitySource Source = new(ActivitySourceName);
    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Resets = Meter.CreateCounter<long>("zapping.resets", "{reset}", "Resets carried out.");
    private static readonly Counter<long> ResetRows = Meter.CreateCounter<long>("zapping.reset.rows", "{row}", "Rows of weights written by resets.");
    private static readonly Histogram<double> ResetDuration = Meter.CreateHistogram<double>("zapping.reset.duration", "s", "Duration of a reset.");
    private static readonly Counter<long> Steps = Meter.CreateCounter<long>("zapping.steps", "{step}", "Optimization steps, or episodes.");

    private static readonly Counter<long> Examples = Meter.CreateCounter<long>("zapping.examples", "{example}", "Examples of optimization steps.");
    private static readonly Gauge<double> Loss = Meter.CreateGauge<double>("zapping.loss", description: "Loss of the last batch.");
    private static readonly Gauge<double> Accuracy = Meter.CreateGauge<double>("zapping.accuracy", description: "Accuracy on the last batch, from 0 to 1.");
    private static readonly Gauge<double> LearningRate = Meter.CreateGauge<double>("zapping.learning_rate", description: "Learning rate of the last step.");
    private static readonly Histogram<double> StepDuration = Meter.CreateHistogram<double>("zapping.step.duration", "s", "Duration of an optimization step.");
    private static readonly Histogram<double> CheckpointDuration = Meter.CreateHistogram<double>("zapping.checkpoint.duration", "s", "Duration of the writing of a checkpoint.");

    /// <summary>Whether somebody listens to accuracies, which cost something to compute.</summary>
    internal static bool WantsAccuracy => Accuracy.Enabled;

    /// <summary>Whether somebody listens to learning rates.</summary>
    internal static bool WantsLearningRate => LearningRate.Enabled;

    internal static Activity? Fit(string trainer) => Source.StartActivity("zapping.fit")?.SetTag("zapping.trainer", trainer);

    internal static Activity? Task(long index) => Source.StartActivity("zapping.task")?.SetTag("zapping.index", index);

    internal static Activity? Epoch(long index) => Source.StartActivity("zapping.epoch")?.SetTag("zapping.index", index);

    internal static Activity? Saving(long step) => Source.StartActivity("zapping.checkpoint")?.SetTag("zapping.step", step);

    internal static Activity? Reset(string policy, TrainingBoundary boundary) => Source.HasListeners()
        ? Source.StartActivity("zapping.reset")?.SetTag("zapping.policy", policy).SetTag("zapping.boundary", boundary.Kind.ToString()).SetTag("zapping.index", boundary.Index)
        : null;

    internal static void Stepped(string trainer)
    {
        if (Steps.Enabled)
        {
            Steps.Add(1, new KeyValuePair<string, object?>("zapping.trainer", trainer));
        }
    }

    /// <summary>To be called before a step, for <see cref="Stepped(string, long, long, double, double?, double?)"/>.</summary>
    /// <returns>A timestamp, or 0 where nobody listens to durations.</returns>
    internal static long StepStarts() => StepDuration.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Says that an optimization step was made.</summary>
    /// <param name="trainer">The trainer's class.</param>
    /// <param name="started">From <see cref="StepStarts"/>.</param>
    /// <param name="examples">Of the batch.</param>
    /// <param name="loss">Before the update.</param>
    /// <param name="learningRate">Of the step; asked for by <see cref="WantsLearningRate"/>.</param>
    /// <param name="accuracy">Before the update, if labels are class ids; asked for by <see cref="WantsAccuracy"/>.</param>
    internal static void Stepped(string trainer, long started, long examples, double loss, double? learningRate = null, double? accuracy = null)
    {
        Stepped(trainer);
        var tag = new KeyValuePair<string, object?>("zapping.trainer", trainer);
        if (Examples.Enabled)
        {
            Examples.Add(examples, tag);
        }

        if (StepDuration.Enabled && started != 0)
        {
            StepDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tag);
        }

        Record(Loss, loss, tag);
        Record(LearningRate, learningRate, tag);
        Record(Accuracy, accuracy, tag);
    }

    /// <summary>To be called before a checkpoint is written, for <see cref="Saved"/>.</summary>
    /// <returns>A timestamp, or 0 where nobody listens.</returns>
    internal static long SavingStarts() => CheckpointDuration.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <param name="trainer">The trainer's class.</param>
    /// <param name="started">From <see cref="SavingStarts"/>.</param>
    internal static void Saved(string trainer, long started)
    {
        if (CheckpointDuration.Enabled && started != 0)
        {
            CheckpointDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("zapping.trainer", trainer));
        }
    }

    internal static void WasReset(string policy, TrainingBoundary boundary, long rows, TimeSpan elapsed)
    {
        if (!Resets.Enabled && !ResetRows.Enabled && !ResetDuration.Enabled)
        {
            return;
        }

        var tags = new TagList { { "zapping.policy", policy }, { "zapping.boundary", boundary.Kind.ToString() } };
        Resets.Add(1, tags);
        ResetRows.Add(rows, tags);
        ResetDuration.Record(elapsed.TotalSeconds, tags);
    }

    private static void Record(Gauge<double> gauge, double? value, KeyValuePair<string, object?> tag)
    {
        if (value is { } number && gauge.Enabled)
        {
            gauge.Record(number, tag);
        }
    }
}
