using Diagnostics.Training;
using Zapping.Training.Evaluation;

namespace Diagnostics.Report;

/// <summary>A matrix of tasks with its name.</summary>
internal sealed record NamedMatrix(string Name, double[,] Values);

/// <summary>The matrices of an arm.</summary>
internal static class TaskMatrices
{
    public static IReadOnlyList<NamedMatrix> Of(ArmResult result) =>
    [
        new("accuracy", Values(result.Accuracies)),
        new("loss", result.QueryLosses.ToArray()),
        new("gradient cosine", result.GradientCosines.ToArray()),
        new("loss change", result.LossChanges.ToArray()),
    ];

    private static double[,] Values(AccuracyMatrix accuracies)
    {
        var values = new double[accuracies.EvaluationCount, accuracies.TaskCount];
        for (var evaluation = 0; evaluation < accuracies.EvaluationCount; evaluation++)
        {
            for (var task = 0; task < accuracies.TaskCount; task++)
            {
                values[evaluation, task] = accuracies[evaluation, task];
            }
        }

        return values;
    }
}
