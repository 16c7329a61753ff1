using Zapping.Training.Diagnostics;
using Zapping.Training.Evaluation;

namespace Diagnostics.Training;

/// <summary>All that was measured of one arm.</summary>
/// <param name="Arm">Which.</param>
/// <param name="Records">In the course of training.</param>
/// <param name="TaskStarts">The step that came first of each task, the first task's included.</param>
/// <param name="Losses">Of each step, before its update.</param>
/// <param name="Accuracies">On each task's query examples after each task.</param>
/// <param name="QueryLosses">Likewise.</param>
/// <param name="GradientCosines">Between tasks, at the end.</param>
/// <param name="LossChanges">On task j by one step on task i, at the end.</param>
/// <param name="Recovery">The accuracy of batches after the beginning of each task.</param>
internal sealed record ArmResult(
    Arm Arm,
    IReadOnlyList<DiagnosticsRecord> Records,
    IReadOnlyList<long> TaskStarts,
    IReadOnlyList<double> Losses,
    AccuracyMatrix Accuracies,
    TaskMatrix QueryLosses,
    TaskMatrix GradientCosines,
    TaskMatrix LossChanges,
    IReadOnlyList<RecoveryCurve> Recovery);
