using System.Globalization;
using Zapping.Training.Diagnostics;

namespace Zapping.Plasticity;

/// <summary>What a run came to.</summary>
/// <param name="Tasks">Those that were finished, in order.</param>
/// <param name="Seconds">Training alone, without the measures.</param>
/// <param name="Resets">How many resets there were, of all policies.</param>
public sealed record PlasticityResult(IReadOnlyList<TaskResult> Tasks, double Seconds, long Resets)
{
    /// <summary>The message of a step that was not finite, which ended the run after the tasks that are here; null if there was none.</summary>
    public string? Diverged { get; init; }

    /// <summary>Online accuracy of the first and the last task; of a regression the loss.</summary>
    public override string ToString() => Tasks is [] ? $"no task was finished: {Diverged}" : Tasks[0].Online is { } first
        ? string.Create(CultureInfo.InvariantCulture, $"online accuracy {first:p1} in task 1, {Tasks[^1].Online:p1} in task {Tasks.Count}")
        : string.Create(CultureInfo.InvariantCulture, $"loss {Tasks[0].Loss:f3} in task 1, {Tasks[^1].Loss:f3} in task {Tasks.Count}");
}

/// <summary>What was measured in a task, the representation on up to 1000 of its images after its last step.</summary>
/// <param name="Online">Mean share of a batch that is right before the batch's update, from 0 to 1; null for a regression.</param>
/// <param name="Loss">Mean loss of a batch before the batch's update.</param>
/// <param name="Final">Accuracy after the last step, on test images or on what was to be memorized; null where a problem has none.</param>
/// <param name="Dead">Share of hidden units that are 0 for all images.</param>
/// <param name="EffectiveRank">Of the last hidden layer: exp of the entropy of its normalized singular values.</param>
/// <param name="WeightNorm">L2 norm of all parameters.</param>
/// <param name="GradientNorm">L2 norm of the gradient, mean over every 25th step.</param>
public sealed record TaskResult(double? Online, double Loss, double? Final, double Dead, double EffectiveRank, double WeightNorm, double GradientNorm)
{
    /// <summary>By which share a step lowers the loss of its own batch, mean of the steps, from 0 to 1; see <see cref="PlasticityMeter"/>. Null unless <see cref="PlasticityRun.MeasuresPlasticity"/> is set.</summary>
    public double? Plasticity { get; init; }
}
