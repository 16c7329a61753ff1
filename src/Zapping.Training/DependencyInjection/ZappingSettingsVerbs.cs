using Zapping.Training.Internal;

namespace Zapping.Training;

/// <summary>Telling a trainer to zap as settings say.</summary>
public static class ZappingSettingsVerbs
{
    /// <summary>
    /// Zaps as settings from configuration say: <c>trainer.UseZapping(options.Value)</c> where <c>options</c> is an
    /// <c>IOptions&lt;ZappingSettings&gt;</c>.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="settings">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">A setting is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseZapping<TTrainer>(this TTrainer trainer, ZappingSettings settings)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(settings);
        if (ZappingSettingsValidator.Failures(settings, nameof(ZappingSettings)) is { Count: > 0 } failures)
        {
            throw new ArgumentException(string.Join(" ", failures), nameof(settings));
        }

        return trainer.UseZapping(settings.ToOptions(), settings.ToSchedule());
    }

    private static ZapOptions ToOptions(this ZappingSettings settings) => new()
    {
        Head = settings.Head is { } head ? HeadSelector.Named(head) : HeadSelector.Only(),
        Units = settings.ToUnits(),
        Weights = settings.Weights switch
        {
            FreshWeights.KaimingNormalAsPublished => Rewriter.KaimingNormal(KaimingFan.AsPublished),
            FreshWeights.KaimingUniform => Rewriter.KaimingUniform(),
            FreshWeights.XavierNormal => Rewriter.XavierNormal(),
            FreshWeights.XavierUniform => Rewriter.XavierUniform(),
            FreshWeights.LayerDefault => Rewriter.LayerDefault(),
            FreshWeights.Zeros => Rewriter.Zeros(),
            _ => Rewriter.KaimingNormal(),
        },
        Bias = settings.Bias,
        OptimizerState = settings.OptimizerState,
        AllowSharedWeights = settings.AllowSharedWeights,
    };

    private static UnitSelection ToUnits(this ZappingSettings settings) => settings.Rows switch
    {
        ZappedRows.All => UnitSelection.All,
        ZappedRows.Random => UnitSelection.Random(settings.RandomRows!.Value),
        null when settings.Every is BoundaryKind.EpochBoundary or BoundaryKind.StepBoundary => UnitSelection.All,
        _ => UnitSelection.BoundaryClasses,
    };

    private static ResetSchedule ToSchedule(this ZappingSettings settings) => new(settings.Every!.Value)
    {
        Period = settings.Period,
        From = settings.From,
        Until = settings.Until,
        AtMost = settings.AtMost,
        SkipFirst = settings.SkipFirst,
        Seed = settings.Seed,
    };
}
