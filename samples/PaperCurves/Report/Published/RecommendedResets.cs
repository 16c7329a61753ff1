using PaperCurves.Pretraining;
using Zapping.Training;
using Zapping.Training.Initializers;

namespace PaperCurves.Report.Published;

/// <summary>The published i.i.d. pre-training with <see cref="ZapOptions.Recommended"/> in place of the published resets.</summary>
internal static class RecommendedResets
{
    /// <summary>Whether a plan has them, and is as published otherwise.</summary>
    public static bool Are(PretrainingPlan plan) =>
        plan is { ZapFan: KaimingFan.PerRow, ZapBias: BiasReset.Zero, ZapOptimizerState: OptimizerStateReset.Slice }
        && Pretrained.Of(plan with
        {
            ZapFan = KaimingFan.AsPublished,
            ZapBias = BiasReset.Keep,
            ZapOptimizerState = OptimizerStateReset.Keep,
        }) == Pretrained.IidZap;
}
