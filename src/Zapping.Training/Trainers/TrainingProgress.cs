namespace Zapping.Training;

/// <summary>How far a call of <c>Fit</c> has come.</summary>
/// <param name="Steps">Steps made in this call.</param>
/// <param name="TotalSteps">Steps to make in this call, if known.</param>
/// <param name="Examples">Examples seen in this call.</param>
/// <param name="Loss">The loss of the last step.</param>
public readonly record struct TrainingProgress(long Steps, long? TotalSteps, long Examples, double Loss);

/// <summary>What a call of <c>Fit</c> did.</summary>
/// <param name="Steps">Steps made.</param>
/// <param name="Examples">Examples seen; 0 where the type of batches does not tell.</param>
/// <param name="MeanLoss">Mean loss over the steps; NaN if there was none.</param>
/// <param name="LastLoss">The loss of the last step; NaN if there was none.</param>
public sealed record TrainingSummary(long Steps, long Examples, double MeanLoss, double LastLoss)
{
    /// <summary>Whether it was ended before its time by <see cref="Trainer.RequestStop"/>.</summary>
    public bool IsStopped { get; init; }

    /// <summary>For example <c>240 steps, 3840 examples, mean loss 0.412, last loss 0.138</c>.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Steps} steps, {Examples} examples, mean loss {MeanLoss:g3}, last loss {LastLoss:g3}{(IsStopped ? ", stopped" : "")}");
}
