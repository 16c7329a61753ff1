using PaperCurves.Data;
using PaperCurves.Report;

namespace PaperCurves.Pretraining;

/// <summary>Everything needed to repeat a pre-training and to judge its figures, as pretraining.json.</summary>
public sealed record PretrainingRecord(PretrainingPlan Plan, string DataSource, PretrainingResult Result, Circumstances Circumstances)
{
    internal static PretrainingRecord Of(PretrainingPlan plan, ClassificationData data, PretrainingResult result) =>
        new(plan, data.Source, result, new Circumstances());
}
