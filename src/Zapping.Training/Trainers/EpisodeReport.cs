namespace Zapping.Training;

/// <summary>What an episode did.</summary>
/// <param name="Index">Which episode, counted from 0.</param>
/// <param name="ClassId">Its class.</param>
/// <param name="Loss">The loss on the outer batch after the inner loop, before the outer step.</param>
/// <param name="Accuracy">The fraction of the outer batch that was right then; NaN if labels are no class ids.</param>
/// <param name="GradientNorm">
/// Global L2 norm of the outer gradient before clipping; null without clipping in episodes that are not measured.
/// </param>
/// <param name="AfterInnerLoop">
/// The model after the inner loop and before the outer step, in episodes that are measured
/// (<see cref="EpisodicOptions.MeasurePeriod"/>). What the published ASB code logs.
/// </param>
/// <param name="AfterOuterStep">
/// The model after the outer step - of Meta-ASB, the slow weights - in episodes that are measured. What the published
/// Meta-ASB code logs.
/// </param>
public sealed record EpisodeReport(
    long Index,
    int ClassId,
    double Loss,
    double Accuracy,
    double? GradientNorm,
    EpisodeMeasure? AfterInnerLoop,
    EpisodeMeasure? AfterOuterStep);

/// <summary>How good a model is on the images of an episode. Accuracies are fractions.</summary>
/// <param name="Loss">On the outer batch.</param>
/// <param name="Accuracy">On the outer batch.</param>
/// <param name="InnerAccuracy">On the inner images.</param>
/// <param name="RememberAccuracy">On the remember images; NaN if there are none.</param>
/// <param name="ValidationAccuracy">On the validation images; null if the episode has none.</param>
public sealed record EpisodeMeasure(
    double Loss, double Accuracy, double InnerAccuracy, double RememberAccuracy, double? ValidationAccuracy);
