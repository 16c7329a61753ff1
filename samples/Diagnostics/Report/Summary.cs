using System.Globalization;
using Diagnostics.Training;
using Spectre.Console;

namespace Diagnostics.Report;

/// <summary>The table on the console.</summary>
internal static class Summary
{
    public static Table Of(IReadOnlyList<ArmResult> arms)
    {
        var table = new Table().AddColumn("");
        foreach (var arm in arms)
        {
            table.AddColumn(arm.Arm.Title());
        }

        Add("accuracy on the task just learned, last", arm => arm.Accuracies[arm.Accuracies.EvaluationCount - 1, arm.Accuracies.TaskCount - 1]);
        Add("average accuracy at the end", arm => arm.Accuracies.AverageAccuracy());
        Add("average forgetting", arm => arm.Accuracies.AverageForgetting());
        Add("steps to 90 % of the accuracy before, mean of all changes of task", StepsToRecover, otherwise: "not always reached");
        Add("effective rank of the features at the end", arm => arm.Records[^1].Representation!.Features.EffectiveRank);
        Add("dormant units of the last hidden layer at the end", arm => arm.Records[^1].Representation!.Layers[^1].DormantFraction);
        Add("distance from initialization at the end", arm => arm.Records[^1].Weights!.Distance!.Value);
        return table;

        // Before the first task there was nothing to come back to.
        static double? StepsToRecover(ArmResult arm) => MeanOfAll([.. arm.Recovery.Skip(1).Select(curve => (double?)curve.StepsTo(0.9))]);

        void Add(string title, Func<ArmResult, double?> value, string otherwise = "none") =>
            table.AddRow([title, .. arms.Select(arm => Text(value(arm), otherwise))]);
    }

    /// <summary>Two digits after the point; words where there is no number.</summary>
    internal static string Text(double? value, string otherwise) =>
        value is { } number && double.IsFinite(number) ? number.ToString("0.00", CultureInfo.InvariantCulture) : otherwise;

    /// <summary>The mean; null if one of the values is missing.</summary>
    internal static double? MeanOfAll(IReadOnlyCollection<double?> values) => values.Contains(null) ? null : values.Average();
}
