namespace Zapping.Training.Evaluation;

/// <summary>How good a model was at one step.</summary>
/// <param name="Step">Which step, counted from 0.</param>
/// <param name="Level">A finite number of 0 or more; higher is better, as with accuracy.</param>
public readonly record struct MetricPoint(long Step, double Level);
