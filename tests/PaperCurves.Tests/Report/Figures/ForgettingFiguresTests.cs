using FluentAssertions;
using PaperCurves.Report.Figures;
using PaperCurves.Report.Published;
using PaperCurves.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Report.Figures;

public sealed class ForgettingFiguresTests
{
    [Fact]
    public void Groups_of_50_classes_are_averaged_over_classes_and_runs()
    {
        // Two runs; of 5 query images each, run 1 recognises 5 of every class at first, then 2 of the first 50 and 4 of the next 30.
        var report = new SmallReport()
            .WithCell(Pretrained.Iid, TransferKind.SequentialHead, Point(1, [5]), Point(80, [.. Repeat(2, 50), .. Repeat(4, 30)]))
            .WithCell(Pretrained.Iid, TransferKind.SequentialHead, Point(1, [0]), Point(80, [.. Repeat(3, 50), .. Repeat(4, 30)]))
            .With(Pretrained.Iid, TransferKind.SequentialHead, 80, 50);

        var figure = ForgettingFigures.Of(report.ReportData, RateSelection.Oracle).Should().ContainSingle().Subject;

        figure.Id.Should().Be("forgetting-sequential-head-iid-oracle");
        figure.Data.Columns.Should().Equal("group of classes", "after 1 (%)", "after 80 (%)");
        figure.Data.Rows.Should().BeEquivalentTo(
            new[] { new[] { "1–50", "50", "50" }, ["51–80", "", "80"] }, options => options.WithStrictOrdering(), "classes not seen yet have no value");
    }

    private static CellPoint Point(int classes, int[] hits)
    {
        var query = new CellAccuracy(hits.Average() / 5, 1, string.Join(' ', hits));
        return new CellPoint(15 * classes, classes, query, query);
    }

    private static IEnumerable<int> Repeat(int hits, int classes) => Enumerable.Repeat(hits, classes);
}
