using FluentAssertions;
using PaperCurves.Report.Claims;
using PaperCurves.Sweeps;
using Xunit;
using static PaperCurves.Report.Published.Pretrained;

namespace PaperCurves.Tests.Report.Claims;

public sealed class GapCheckTests
{
    private static readonly TransferMeasure Head = TransferMeasure.End(TransferKind.SequentialHead);

    [Theory]
    [InlineData(5.0, "Pass", "ahead by 5.0")]
    [InlineData(4.9, "Miss", "gap 4.9, not 5 or more")]
    [InlineData(-3.0, "Miss", "gap -3.0, not 5 or more")]
    public void A_gap_suffices_from_its_minimum_on(double gap, string outcome, string finding)
    {
        var evidence = Judge(new GapCheck(Head, IidZap, Iid, Minimum: 5), Pair([50 + gap], [50]));

        evidence.Outcome.ToString().Should().Be(outcome);
        evidence.Finding.Should().Be(finding);
        evidence.Published.Should().Be("56.4 against 42.0 (+14.4)");
        evidence.Comparison!.Difference.Should().BeApproximately(gap, 1e-9);
    }

    [Theory]
    [InlineData(0.1, "Pass")]
    [InlineData(0.0, "Miss")]
    public void A_minimum_of_0_asks_for_a_lead(double gap, string outcome) =>
        Judge(new GapCheck(Head, IidZap, Iid, Minimum: 0), Pair([50 + gap], [50])).Outcome.ToString().Should().Be(outcome);

    [Fact]
    public void What_was_not_measured_was_not_run()
    {
        var check = new GapCheck(Head, IidZap, Iid, Minimum: 5);
        var elsewhere = new SmallReport().With(IidZap, TransferKind.SequentialHead, 550, 60).With(Iid, TransferKind.SequentialHead, 600, 40);

        Judge(check, new SmallReport()).Should().BeEquivalentTo(new { Outcome = Outcome.NotRun, Finding = "neither was measured", Ours = "–" });
        Judge(check, elsewhere).Should().BeEquivalentTo(new { Outcome = Outcome.NotRun, Finding = "i.i.d. + zap was not measured" });
    }

    [Fact]
    public void One_seed_below_the_minimum_is_a_miss_whatever_the_mean()
    {
        // Means 57 and 42.5, but in seed 2 the gap is 5.
        var evidence = Judge(new SeedwiseGapCheck(Head, IidZap, Iid, Minimum: 6, Tolerance: 5), Pair([65, 49], [41, 44]));

        evidence.Outcome.Should().Be(Outcome.Miss);
        evidence.Finding.Should().Be("gap 5.0 in seed 2, not 6 or more");
    }

    [Theory]
    [InlineData(61.38, 46.98, "Pass")] // 5.00 above 56.38, and 5.00 above 41.98
    [InlineData(61.39, 46.98, "Miss")]
    [InlineData(51.38, 36.98, "Pass")]
    [InlineData(51.37, 36.98, "Miss")]
    public void Both_means_are_near_the_published_ones(double zap, double none, string outcome) =>
        Judge(new SeedwiseGapCheck(Head, IidZap, Iid, Minimum: 6, Tolerance: 5.0000001), Pair([zap], [none])).Outcome.ToString().Should().Be(outcome);

    [Fact]
    public void What_only_one_network_has_takes_no_part()
    {
        var seedwise = new SeedwiseGapCheck(Head, IidZap, Iid, Minimum: 6, Tolerance: 5);
        Judge(seedwise, Pair([56, 10], [42])).Should().BeEquivalentTo(
            new { Outcome = Outcome.Pass, Ours = "56.0\u00a0±\u00a00.0 [56.0,\u00a056.0], n\u00a0=\u00a01 against 42.0\u00a0±\u00a00.0 [42.0,\u00a042.0], n\u00a0=\u00a01" });
        Judge(new GapCheck(Head, IidZap, Iid, Minimum: 5), Pair([56, 10], [42])).Comparison!.Difference.Should().BeApproximately(14, 1e-9);

        var elsewhere = new SmallReport().WithNetwork(Iid, 1, 99, 63).WithNetwork(IidZap, 2, 90, 67);
        Judge(new GapCheck(PretrainingMeasure.Validation, IidZap, Iid, Minimum: 0), elsewhere).Should().BeEquivalentTo(
            new { Outcome = Outcome.NotRun, Finding = "no seed and trial has both" });
    }

    [Theory]
    [InlineData(2.0, "Pass", "2.0 apart")]
    [InlineData(-2.0, "Pass", "2.0 apart")]
    [InlineData(2.1, "Miss", "2.1 apart, not 2 or less")]
    [InlineData(-2.1, "Miss", "2.1 apart, not 2 or less")]
    public void Closeness_counts_both_ways(double gap, string outcome, string finding)
    {
        var evidence = Judge(new ClosenessCheck(Head, IidZap, Iid, Within: 2), Pair([50 + gap], [50]));

        evidence.Outcome.ToString().Should().Be(outcome);
        evidence.Finding.Should().Be(finding);
    }

    [Fact]
    public void Pre_training_is_compared_over_its_seeds()
    {
        var report = new SmallReport().WithNetwork(Iid, 1, 99, 63).WithNetwork(Iid, 2, 98, 64).WithNetwork(IidZap, 1, 90, double.NaN);

        Judge(new GapCheck(PretrainingMeasure.Training, Iid, IidZap, Minimum: 0), report).Finding.Should().Be("ahead by 9.0", "seed 2 has no network with zaps");
        Judge(new GapCheck(PretrainingMeasure.Validation, IidZap, Iid, Minimum: 0), report).Outcome.Should().Be(Outcome.NotRun, "NaN is not a measurement");
    }

    private static SmallReport Pair(double[] zap, double[] none) =>
        new SmallReport().With(IidZap, TransferKind.SequentialHead, 600, zap).With(Iid, TransferKind.SequentialHead, 600, none);

    private static Evidence Judge(Check check, SmallReport report) => check.Judge(report.ReportData, RateSelection.Oracle);
}
