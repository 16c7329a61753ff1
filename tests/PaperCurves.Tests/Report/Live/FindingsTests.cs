using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Report.Live;
using PaperCurves.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Report.Live;

public sealed class FindingsTests
{
    [Fact]
    public void An_arm_that_every_trial_puts_ahead_is_ahead()
    {
        // Differences 10, 11, 12: mean 11, sd 1, t(2) 4.303, half of the interval 4.303 / sqrt(3) = 2.484.
        Of(TransferKind.SequentialHead, none: [40, 42, 41], zap: [50, 53, 53], recommended: [70, 73, 73]).Should().Equal(
            "After 100 classes: published zapping is 11.0 points ahead of no zapping (95 % interval 8.5 to 13.5); "
            + "recommended zapping is 20.0 points ahead of published zapping (95 % interval 20.0 to 20.0).");
    }

    [Fact]
    public void What_trials_cannot_tell_apart_is_said_and_what_it_means_for_the_paper()
    {
        Of(TransferKind.SequentialHead, none: [40, 42, 41], zap: [41, 40, 44], recommended: [42, 39, 47]).Should().Equal(
            "After 100 classes: 3 trials cannot tell published zapping from no zapping (+0.7 points, 95 % interval -5.6 to 6.9), "
            + "so the paper's effect does not show here; "
            + "3 trials cannot tell recommended zapping from published zapping (+1.0 points, 95 % interval -4.0 to 6.0).");
    }

    [Fact]
    public void An_arm_that_is_behind_is_behind() =>
        Of(TransferKind.SequentialHead, none: [50, 53, 53], zap: [40, 42, 41], recommended: [40, 42, 41]).Single().Should().StartWith(
            "After 100 classes: published zapping is 11.0 points BEHIND no zapping (95 % interval 8.5 to 13.5), so the paper's effect does not show here; ");

    [Fact]
    public void One_trial_proves_nothing() => Of(TransferKind.SequentialHead, none: [40], zap: [50], recommended: [70]).Should().Equal(
        "After 100 classes: published zapping +10.0 points against no zapping in one trial, whose spread nobody knows; "
        + "recommended zapping +20.0 points against published zapping in one trial, whose spread nobody knows.");

    [Fact]
    public void Shuffled_batches_are_judged_half_the_way_and_at_the_end()
    {
        Curve[] curves =
        [
            SomeCurves.Of(TransferKind.IidUnfrozen, Arm.None, (1, [5, 5]), (5, [36, 34]), (9, [55, 54]), (36, [70, 70])),
            SomeCurves.Of(TransferKind.IidUnfrozen, Arm.Zap, (1, [6, 6]), (5, [50, 49]), (9, [66, 66]), (36, [75, 75])),
        ];

        Findings.Of(TransferKind.IidUnfrozen, curves).Should().Equal(
            "Step 5, half the way without zapping: published zapping is 14.5 points ahead of no zapping (95 % interval 8.1 to 20.9).",
            "Step 36: published zapping is 5.0 points ahead of no zapping (95 % interval 5.0 to 5.0).");
    }

    [Fact]
    public void Only_trials_that_both_arms_have_are_compared_and_one_arm_alone_with_nothing()
    {
        var none = SomeCurves.Of(TransferKind.SequentialHead, Arm.None, (100, [40, 42, 41]));
        var zap = SomeCurves.Of(TransferKind.SequentialHead, Arm.Zap, (100, [50, 53]));

        Findings.Of(TransferKind.SequentialHead, [none, zap]).Single().Should().Contain("is 10.5 points ahead");
        Findings.Of(TransferKind.SequentialHead, [none]).Should().BeEmpty();
        Findings.Of(TransferKind.IidUnfrozen, [none, zap]).Should().BeEmpty();
    }

    [Fact]
    public void How_learning_rates_were_chosen_is_said()
    {
        var curve = SomeCurves.Of(TransferKind.IidUnfrozen, Arm.None, (5, [40]));

        var other = SomeCurves.Of(TransferKind.IidUnfrozen, Arm.Zap, (5, [40]));
        other = other with { Points = [SomeCurves.Point(5, [40], 1e-4, 3e-4)] };
        Findings.OfRates([curve, other], heldOutClasses: 80).Should()
            .Be("Learning rates, chosen by each trial on 80 classes outside its test: without 0.001; published 0.0001 and 0.0003.");
        Findings.OfRates([curve with { Selection = RateSelection.Oracle }], 0).Should().Contain("uses the test itself");
        Findings.OfRates([curve with { Selection = null }], 0).Should().Be("One learning rate for all: 0.001.");
    }

    private static IReadOnlyList<string> Of(TransferKind kind, double[] none, double[] zap, double[] recommended) => Findings.Of(
        kind,
        [
            SomeCurves.Of(kind, Arm.None, (1, [.. none.Select(_ => 100.0)]), (100, none)),
            SomeCurves.Of(kind, Arm.Zap, (1, [.. none.Select(_ => 100.0)]), (100, zap)),
            SomeCurves.Of(kind, Arm.Recommended, (1, [.. none.Select(_ => 100.0)]), (100, recommended)),
        ]);
}
