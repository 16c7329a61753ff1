namespace PaperCurves.Pretraining;

/// <summary>What a pre-training ended with. Accuracies are fractions; those of validation are null without such images, and the loss without a step.</summary>
public sealed record PretrainingResult(
    Method Method,
    long Steps,
    double Seconds,
    double? TrainingLoss,
    double TrainingAccuracy,
    double? ValidationAccuracy,
    double TrainingTop5,
    double? ValidationTop5);
