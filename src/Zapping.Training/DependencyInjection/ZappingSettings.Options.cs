namespace Zapping.Training;

// What the settings say, in the words of the library.
public sealed partial class ZappingSettings
{
    internal ZapOptions ToOptions() => new()
    {
        Head = Head is { } head ? HeadSelector.Named(head) : HeadSelector.Only(),
        Units = ToUnits(),
        Weights = Weights switch
        {
            FreshWeights.KaimingNormalAsPublished => Rewriter.KaimingNormal(KaimingFan.AsPublished),
            FreshWeights.KaimingUniform => Rewriter.KaimingUniform(),
            FreshWeights.XavierNormal => Rewriter.XavierNormal(),
            FreshWeights.XavierUniform => Rewriter.XavierUniform(),
            FreshWeights.LayerDefault => Rewriter.LayerDefault(),
            FreshWeights.Zeros => Rewriter.Zeros(),
            _ => Rewriter.KaimingNormal(),
        },
        Bias = Bias,
        OptimizerState = OptimizerState,
        AllowSharedWeights = AllowSharedWeights,
    };

    internal ResetSchedule ToSchedule() => new(Every!.Value)
    {
        Period = Period,
        From = From,
        Until = Until,
        AtMost = AtMost,
        SkipFirst = SkipFirst,
        Seed = Seed,
    };

    private UnitSelection ToUnits() => Rows switch
    {
        ZappedRows.All => UnitSelection.All,
        ZappedRows.Random => UnitSelection.Random(RandomRows!.Value),
        null when Every is BoundaryKind.EpochBoundary or BoundaryKind.StepBoundary => UnitSelection.All,
        _ => UnitSelection.BoundaryClasses,
    };
}
