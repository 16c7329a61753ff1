using static TorchSharp.torch;

namespace Zapping.Training.Conformance.Checks;

/// <summary>All checks by name.</summary>
internal static class ConformanceChecks
{
    private static readonly ScalarType[] Types = [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16];

    public static OrderedDictionary<string, Action<Bench>> All { get; } = new(
        [
            .. Types.Select(type => KeyValuePair.Create<string, Action<Bench>>($"ChosenEntriesChange({type})", bench => WriteChecks.ChosenEntriesChange(bench, type))),
            .. Types.Select(type => KeyValuePair.Create<string, Action<Bench>>($"ParametersStayThemselves({type})", bench => WriteChecks.ParametersStayThemselves(bench, type))),
            new("NothingOutsideThePlanIsWritten", PlanChecks.NothingOutsideThePlanIsWritten),
            new("SameSeedSameBits", RandomnessChecks.SameSeedSameBits),
            new("OtherSeedOtherBits", RandomnessChecks.OtherSeedOtherBits),
            new("OtherOrdinalOtherBits", RandomnessChecks.OtherOrdinalOtherBits),
            new("RestoredSchedulerContinues", RestoreChecks.RestoredSchedulerContinues),
            new("CheckpointContinues", RestoreChecks.CheckpointContinues),
            new("StateIsLiving", RestoreChecks.StateIsLiving),
            .. Enum.GetValues<OptimizerStateReset>().Select(state =>
                KeyValuePair.Create<string, Action<Bench>>($"OptimizerStateAsAsked({state})", bench => OptimizerChecks.OptimizerStateAsAsked(bench, state))),
            new("RefusedResetChangesNothing", FailureChecks.RefusedResetChangesNothing),
            new("FailedApplyChangesNothing", FailureChecks.FailedApplyChangesNothing),
        ],
        StringComparer.Ordinal);
}
