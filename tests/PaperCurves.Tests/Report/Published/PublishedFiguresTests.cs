using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Report.Published;
using Xunit;
using static PaperCurves.Report.Published.Pretrained;
using static PaperCurves.Sweeps.TransferKind;

namespace PaperCurves.Tests.Report.Published;

public sealed class PublishedFiguresTests
{
    [Fact]
    public void Ends_are_those_of_the_published_bars()
    {
        PublishedFigures.At(SequentialUnfrozen, Iid, 600).Should().Be(new PublishedPoint(600, 20.29, 1.39));
        PublishedFigures.At(SequentialUnfrozen, MetaAsbZap, 600)!.Percent.Should().BeApproximately(40.3, 0.05);
        PublishedFigures.At(SequentialHead, IidZap, 600)!.Percent.Should().BeApproximately(56.4, 0.05);
        PublishedFigures.At(IidUnfrozen, AsbZap, 180)!.Sd.Should().Be(0.75);
        PublishedFigures.At(ZeroShot, MetaAsb, 0).Should().Be(new PublishedPoint(0, 61.9, 1.8));
    }

    [Fact]
    public void Curves_ascend_in_x_to_their_end()
    {
        foreach (var kind in new[] { SequentialUnfrozen, SequentialHead, IidUnfrozen })
        {
            foreach (var network in new[] { Iid, IidZap, Asb, AsbZap, MetaAsb, MetaAsbZap })
            {
                var curve = PublishedFigures.Curve(kind, network);
                curve.Should().HaveCount(kind == IidUnfrozen ? 37 : 13).And.BeInAscendingOrder(point => point.X);
                curve[^1].X.Should().Be(kind.PublishedEnd);
            }
        }
    }

    [Fact]
    public void Of_fewer_rows_there_are_ends_only() => PublishedFigures.Curve(SequentialHead, new(Method.Iid, 500))
        .Should().Equal(new PublishedPoint(600, 52.32, null));

    [Fact]
    public void What_was_not_published_is_missing()
    {
        PublishedFigures.Curve(ZeroShot, IidZap).Should().BeEmpty();
        PublishedFigures.At(SequentialHead, Iid, 601).Should().BeNull();
        PublishedFigures.Training(new(Method.Iid, 7)).Should().BeNull();
        PublishedFigures.Validation(IidZap).Should().Be(67.1);
    }
}
