using System.Globalization;

namespace Zapping.Plasticity;

/// <summary>What a run came to.</summary>
/// <param name="Tasks">In order.</param>
/// <param name="Seconds">Training alone, without the measures.</param>
/// <param name="Resets">How many resets there were, of all policies.</param>
public sealed record PlasticityResult(IReadOnlyList<TaskResult> Tasks, double Seconds, long Resets)
{
    /// <summary>Online accuracy of the first and the last task, from 0 to 1.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"online accuracy {Tasks[0].Online:p1} in task 1, {Tasks[^1].Online:p1} in task {Tasks.Count}");
}

/// <summary>What was measured in a task, the representation on up to 1000 of its images after its last step.</summary>
/// <param name="Online">Mean share of a batch that is right before the batch's update, from 0 to 1.</param>
/// <param name="Final">Accuracy after the last step, on test images or on what was to be memorized; null where a problem has none.</param>
/// <param name="Dead">Share of hidden units that are 0 for all images.</param>
/// <param name="EffectiveRank">Of the last hidden layer: exp of the entropy of its normalized singular values.</param>
/// <param name="WeightNorm">L2 norm of all parameters.</param>
/// <param name="GradientNorm">L2 norm of the gradient, mean over every 25th step.</param>
public sealed record TaskResult(double Online, double? Final, double Dead, double EffectiveRank, double WeightNorm, double GradientNorm);
