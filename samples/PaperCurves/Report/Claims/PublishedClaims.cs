using static PaperCurves.Report.Published.Pretrained;
using static PaperCurves.Sweeps.TransferKind;

namespace PaperCurves.Report.Claims;

/// <summary>The main claims of the paper, and when each counts as reproduced.</summary>
internal static class PublishedClaims
{
    public static IReadOnlyList<Claim> All { get; } =
    [
        new(
            "C1",
            "Zapping during i.i.d. pre-training helps continual transfer.",
            "At 600 classes the gap is 6 points or more in every seed, and each mean within 5 points of the published one.",
            CheckScope.Every,
            [
                new SeedwiseGapCheck(TransferMeasure.End(SequentialUnfrozen), IidZap, Iid, Minimum: 6, Tolerance: 5),
                new SeedwiseGapCheck(TransferMeasure.End(SequentialHead), IidZap, Iid, Minimum: 6, Tolerance: 5),
            ]),
        new(
            "C2",
            "Zapping makes i.i.d. transfer faster, and better in the end.",
            "The gap is 5 points or more at step 15 and at the end.",
            CheckScope.Every,
            [
                new GapCheck(new TransferMeasure(IidUnfrozen, 15), IidZap, Iid, Minimum: 5),
                new GapCheck(TransferMeasure.End(IidUnfrozen), IidZap, Iid, Minimum: 5),
            ]),
        new(
            "C3",
            "ASB with zapping comes close to Meta-ASB with zapping, without second-order gradients.",
            "I.i.d. transfer within 2 points, sequential transfer of the whole network within 8, and zapping gains ASB 4 or more there.",
            CheckScope.Every,
            [
                new ClosenessCheck(TransferMeasure.End(IidUnfrozen), AsbZap, MetaAsbZap, Within: 2),
                new ClosenessCheck(TransferMeasure.End(SequentialUnfrozen), AsbZap, MetaAsbZap, Within: 8),
                new GapCheck(TransferMeasure.End(SequentialUnfrozen), AsbZap, Asb, Minimum: 4),
            ]),
        new(
            "C4",
            "Without zapping, ASB and Meta-ASB lose their advantage.",
            "Each is below the same with zapping.",
            CheckScope.Every,
            [
                new GapCheck(TransferMeasure.End(SequentialUnfrozen), AsbZap, Asb, Minimum: 0),
                new GapCheck(TransferMeasure.End(SequentialUnfrozen), MetaAsbZap, MetaAsb, Minimum: 0),
                new GapCheck(TransferMeasure.End(ZeroShot), AsbZap, Asb, Minimum: 0),
                new GapCheck(TransferMeasure.End(ZeroShot), MetaAsbZap, MetaAsb, Minimum: 0),
            ]),
        new(
            "C5",
            "The more rows are zapped, the better.",
            "Accuracy rises with every number of rows, in each of the two transfers that was made.",
            CheckScope.Either,
            [
                new MonotoneCheck(TransferMeasure.End(SequentialHead), [0, 100, 500, 1000]),
                new MonotoneCheck(TransferMeasure.End(IidUnfrozen), [0, 100, 500, 1000]),
            ]),
        new(
            "C6",
            "Zapping lowers training accuracy and raises validation accuracy.",
            "Both signs, at the end of pre-training.",
            CheckScope.Every,
            [
                new GapCheck(PretrainingMeasure.Training, Iid, IidZap, Minimum: 0),
                new GapCheck(PretrainingMeasure.Validation, IidZap, Iid, Minimum: 0),
            ]),
        new(
            "C7",
            "Networks recover from a zap ever faster as training goes on.",
            // 0.70 is the critical value of nine ranks at 5 %, two-sided; fewer would need more.
            "After each zap the loss is within 0.3 of ln(units), and the steps to 50 % batch accuracy fall from zap to zap: rank correlation of −0.7 or below, the mark of nine zaps at 5 %.",
            CheckScope.Every,
            [new LossAfterZapCheck(Within: 0.3), new FasterRecoveryCheck(Correlation: -0.7, Zaps: 9)]),
    ];
}
