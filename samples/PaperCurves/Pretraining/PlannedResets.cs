using Zapping.Training;
using Zapping.Training.Initializers;

namespace PaperCurves.Pretraining;

/// <summary>Resets as plans say them.</summary>
public static class PlannedResets
{
    /// <summary>The same plan with the resets of an arm.</summary>
    public static PretrainingPlan Resetting(this PretrainingPlan plan, Arm arm)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var published = plan with
        {
            Zap = arm != Arm.None,
            ZapFan = KaimingFan.AsPublished,
            ZapBias = BiasReset.Keep,
            ZapOptimizerState = OptimizerStateReset.Keep,
            ZapPeriod = null,
        };
        if (arm != Arm.Recommended)
        {
            return published;
        }

        // Its scale is the library's default; a test holds the whole against what the library makes of it.
        var recommended = ZapOptions.Recommended;
        return published with { ZapFan = KaimingFan.PerRow, ZapBias = recommended.Bias, ZapOptimizerState = recommended.OptimizerState };
    }

    /// <summary>The resets of a plan as people read them.</summary>
    public static string ResetsTitle(this PretrainingPlan plan) => ArmOf(plan)?.Title() ?? "zapping of its own kind";

    /// <summary>The resets of a plan as one word.</summary>
    public static string ResetsKey(this PretrainingPlan plan) => (ArmOf(plan) ?? Arm.Zap).Key();

    /// <summary>What a reset does to a classifier.</summary>
    /// <param name="plan">A plan with resets.</param>
    /// <param name="head">The classifier.</param>
    internal static ZapOptions Options(PretrainingPlan plan, HeadSelector head)
    {
        var options = new ZapOptions { Head = head, Bias = plan.ZapBias, OptimizerState = plan.ZapOptimizerState };
        if (plan.Method == Method.Iid)
        {
            options.Units = UnitSelection.Random(Math.Min(plan.ZapRows, plan.Units));
            options.Weights = Initializer.KaimingNormal(plan.ZapFan);
        }

        return options;
    }

    /// <summary>When the classifier is reset.</summary>
    /// <param name="plan">A plan with resets.</param>
    /// <param name="iidSteps">Steps of i.i.d. training in all; not asked for in episodes.</param>
    /// <param name="seed">Seed of the resets.</param>
    internal static ResetSchedule Schedule(PretrainingPlan plan, Func<int> iidSteps, ulong seed)
    {
        if (plan.Method != Method.Iid)
        {
            return new ResetSchedule(BoundaryKind.ClassBoundary) { Seed = seed };
        }

        return plan.ZapPeriod is { } period
            ? new ResetSchedule(BoundaryKind.StepBoundary) { Period = period, SkipFirst = true, Until = Math.Max(1, iidSteps() - period + 1), Seed = seed }
            : new ResetSchedule(BoundaryKind.EpochBoundary) { SkipFirst = true, Seed = seed };
    }

    private static Arm? ArmOf(PretrainingPlan plan)
    {
        foreach (var arm in Enum.GetValues<Arm>())
        {
            if (plan == plan.Resetting(arm))
            {
                return arm;
            }
        }

        return null;
    }
}
