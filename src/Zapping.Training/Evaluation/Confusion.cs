namespace Zapping.Training.Evaluation;

/// <summary>How often one class was taken for another.</summary>
/// <param name="TrueClass">What the examples are.</param>
/// <param name="PredictedClass">What they were taken for, another class.</param>
/// <param name="Count">How many, at least 1.</param>
public sealed record Confusion(int TrueClass, int PredictedClass, long Count);
