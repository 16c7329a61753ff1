using FluentAssertions;
using PaperCurves.Report.Claims;
using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Report.Claims;

public sealed class RecoveryTests
{
    private const double Zap = -0.0;

    [Fact]
    public void A_training_is_cut_at_its_zaps()
    {
        var recoveries = Recovery.Of(SmallReport.Steps(6.9, 10, 80, Zap, 20, 50, 90, Zap, 60, Zap, 10));

        recoveries.Select(recovery => recovery.Zap).Should().Equal(1, 2, 3);
        recoveries.Select(recovery => recovery.Before.Count).Should().Equal([2, 5, 5], "there are five steps before, or as many as there were");
        recoveries.Select(recovery => recovery.After.Count).Should().Equal(4, 2, 2);
        recoveries.Select(recovery => recovery.Steps).Should().Equal([2, 1, null], "50 % counts as regained, and the last never was");
    }

    [Fact]
    public void Without_zaps_there_is_nothing_to_recover_from() => Recovery.Of(SmallReport.Steps(1, 10, 80)).Should().BeEmpty();

    [Theory]
    [InlineData(6.9078, "Pass")]
    [InlineData(7.2, "Pass")]
    [InlineData(7.3, "Miss")]
    [InlineData(6.5, "Miss")]
    public void The_loss_right_after_a_zap_is_that_of_guessing(double loss, string outcome) =>
        new LossAfterZapCheck(Within: 0.3).Judge(ReportData(SmallReport.Steps(loss, 90, Zap, 60, Zap, 60)), RateSelection.Oracle)
            .Outcome.ToString().Should().Be(outcome, "ln(1000) is 6.908");

    [Fact]
    public void A_falling_trend_passes_in_spite_of_one_rise()
    {
        // Ways back of 4, 3, 1, 2 and 1 steps: ranks 5, 4, 1.5, 3, 1.5 against 1 to 5, so Spearman's correlation is -8 / sqrt(95) = -0.821.
        var evidence = Judge([90, Zap, 0, 0, 0, 50, Zap, 0, 0, 50, Zap, 50, Zap, 0, 50, Zap, 50]);

        evidence.Should().BeEquivalentTo(new
        {
            Outcome = Outcome.Pass,
            Ours = "4, 3, 1, 2, 1",
            Finding = "rank correlation -0.82; longer than the zap before: 1 of 4",
        });
    }

    [Fact]
    public void Ways_back_that_stay_equal_or_grow_miss()
    {
        Judge([90, Zap, 50, Zap, 50, Zap, 50]).Finding.Should().Be("rank correlation 0.00; longer than the zap before: 0 of 2; not -0.7 or below");
        Judge([90, Zap, 50, Zap, 0, 50, Zap, 0, 0]).Should().BeEquivalentTo(
            new { Outcome = Outcome.Miss, Ours = "1, 2, ≥ 3" }, "a way back that was cut off counts as long as it was watched, and says so");
    }

    [Fact]
    public void Fewer_zaps_than_the_mark_is_for_prove_nothing() => Judge([90, Zap, 0, 0, 50, Zap, 50]).Should().BeEquivalentTo(
        new { Outcome = Outcome.NotRun, Ours = "3, 1", Finding = "2 zaps, and the mark is that of 3" });

    [Fact]
    public void Without_steps_nothing_was_run() => new FasterRecoveryCheck(-0.7, Zaps: 3).Judge(ReportData([]), RateSelection.Oracle)
        .Should().BeEquivalentTo(new { Outcome = Outcome.NotRun, Finding = "no steps of a network with zaps" });

    private static Evidence Judge(double[] percents) =>
        new FasterRecoveryCheck(-0.7, Zaps: 3).Judge(ReportData(SmallReport.Steps(6.9, percents)), RateSelection.Oracle);

    private static ReportData ReportData(IReadOnlyList<PaperCurves.Pretraining.StepRow> steps) =>
        new SmallReport().WithNetwork(Pretrained.IidZap, 1, 90, 67, steps).ReportData;
}
