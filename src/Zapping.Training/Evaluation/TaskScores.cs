namespace Zapping.Training.Evaluation;

/// <summary>How good a model is on each of several tasks at one moment.</summary>
/// <param name="Accuracies">[tasks], fractions from 0 to 1: examples with the largest output at their class.</param>
/// <param name="Losses">[tasks], the mean loss of an example whose class has a unit; NaN where none has.</param>
public sealed record TaskScores(IReadOnlyList<double> Accuracies, IReadOnlyList<double> Losses);
