using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Report.Claims;
using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Sweeps;
using Xunit;
using static PaperCurves.Report.Published.Pretrained;

namespace PaperCurves.Tests.Report.Claims;

public sealed class PublishedClaimsTests
{
    private static readonly Pretrained[] All =
        [Iid, new(Method.Iid, 100), new(Method.Iid, 500), IidZap, Asb, AsbZap, MetaAsb, MetaAsbZap];

    [Fact]
    public void The_published_figures_themselves_pass()
    {
        var report = OfPublished(shift: _ => 0);

        Outcomes(report).Should().Equal(
            ("C1", Outcome.Pass), ("C2", Outcome.Pass), ("C3", Outcome.Pass), ("C4", Outcome.Pass), ("C5", Outcome.Pass), ("C6", Outcome.Pass),
            ("C7", Outcome.NotRun));
    }

    [Fact]
    public void Networks_that_zapping_does_not_help_miss()
    {
        var report = OfPublished(shift: network => network.ZapRows == 0 ? 0 : -15);

        Outcomes(report).Where(claim => claim.Outcome == Outcome.Miss).Select(claim => claim.Id).Should().Equal("C1", "C2", "C3", "C4", "C5", "C6");
    }

    [Fact]
    public void Nothing_measured_means_nothing_run() =>
        Outcomes(new SmallReport().ReportData).Should().OnlyContain(claim => claim.Outcome == Outcome.NotRun).And.HaveCount(7);

    [Fact]
    public void A_claim_with_one_check_left_is_not_run_unless_either_suffices()
    {
        var report = new SmallReport()
            .With(IidZap, TransferKind.SequentialHead, 600, 56).With(Iid, TransferKind.SequentialHead, 600, 42)
            .With(new(Method.Iid, 100), TransferKind.SequentialHead, 600, 46).With(new(Method.Iid, 500), TransferKind.SequentialHead, 600, 52);

        Outcomes(report.ReportData).Where(claim => claim.Id is "C1" or "C5").Should().Equal(("C1", Outcome.NotRun), ("C5", Outcome.Pass));
    }

    private static IEnumerable<(string Id, Outcome Outcome)> Outcomes(ReportData report) =>
        PublishedClaims.All.Select(claim => (claim.Id, claim.Judge(report, RateSelection.Oracle).Outcome));

    private static ReportData OfPublished(Func<Pretrained, double> shift)
    {
        var report = new SmallReport();
        foreach (var network in All)
        {
            report.WithNetwork(network, 1, PublishedFigures.Training(network)!.Value, PublishedFigures.Validation(network)!.Value + shift(network));
            foreach (var kind in TransferKind.Published)
            {
                foreach (var point in PublishedFigures.Curve(kind, network))
                {
                    report.With(network, kind, point.X, point.Percent + shift(network));
                }
            }
        }

        return report.ReportData;
    }
}
