using PaperCurves.Sweeps;

namespace PaperCurves.Runs;

/// <summary>The transfers of a run.</summary>
internal static class RunKinds
{
    /// <summary>In the order in which they are shown.</summary>
    public static IReadOnlyList<TransferKind> All { get; } = [TransferKind.IidUnfrozen, TransferKind.SequentialHead];

    /// <summary>Its place among <see cref="All"/>.</summary>
    public static int PlaceOf(TransferKind kind) => kind == All[0] ? 0 : 1;

    /// <summary>Adam's learning rates.</summary>
    public static IReadOnlyList<double> LearningRates(this Preset preset, TransferKind kind) =>
        kind == TransferKind.IidUnfrozen ? preset.IidLearningRates : preset.HeadLearningRates;
}
