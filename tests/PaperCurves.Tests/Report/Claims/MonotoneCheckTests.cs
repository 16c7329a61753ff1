using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Report.Claims;
using PaperCurves.Report.Published;
using PaperCurves.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Report.Claims;

public sealed class MonotoneCheckTests
{
    private static readonly MonotoneCheck Check = new(TransferMeasure.End(TransferKind.SequentialHead), [0, 100, 500, 1000]);

    [Fact]
    public void Rising_means_pass() => Judge(42, 46, 52, 56).Should().BeEquivalentTo(new
    {
        Outcome = Outcome.Pass,
        Finding = "every mean is above the one before",
        Published = "42.0, 46.2, 52.3, 56.4",
    });

    [Fact]
    public void A_step_that_does_not_rise_is_named() => Judge(42, 46, 46, 45).Should().BeEquivalentTo(new
    {
        Outcome = Outcome.Miss,
        Finding = "500 rows are not better than 100 (46.0 after 46.0); 1000 rows are not better than 500 (45.0 after 46.0)",
    });

    [Fact]
    public void Missing_sizes_are_named() => Judge(42, null, null, 56).Should().BeEquivalentTo(new
    {
        Outcome = Outcome.NotRun,
        Finding = "not measured: 100, 500 rows",
    });

    [Fact]
    public void Only_runs_that_all_sizes_have_are_compared()
    {
        // Over all its seeds the largest size is below the others, which have not met seed 2.
        var report = new SmallReport();
        foreach (var (rows, percents) in Check.Rows.Zip<int, double[]>([[42], [46], [52], [56, 20]]))
        {
            report.With(new Pretrained(Method.Iid, rows), TransferKind.SequentialHead, 600, percents);
        }

        var evidence = Check.Judge(report.ReportData, RateSelection.Oracle);

        evidence.Outcome.Should().Be(Outcome.Pass);
        evidence.Comparison!.Difference.Should().BeApproximately(14, 1e-9);
    }

    private static Evidence Judge(params double?[] percents)
    {
        var report = new SmallReport();
        foreach (var (rows, percent) in Check.Rows.Zip(percents))
        {
            if (percent is { } value)
            {
                report.With(new Pretrained(Method.Iid, rows), TransferKind.SequentialHead, 600, value);
            }
        }

        return Check.Judge(report.ReportData, RateSelection.Oracle);
    }
}
