using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Report.Html;
using Xunit;
using Zapping.Training;

namespace PaperCurves.Tests.Report.Html;

public sealed class PretrainedTests
{
    private static readonly PretrainingPlan Plan = MadeUpSweep.Plan(Method.Iid, 1000);

    [Fact]
    public void Plans_are_told_apart_by_method_and_rows()
    {
        Pretrained.Of(Plan).Should().Be(Pretrained.IidZap);
        Pretrained.Of(Plan with { Zap = false }).Should().Be(Pretrained.Iid, "rows do not matter where none are reset");
        Pretrained.Of(Plan with { ZapRows = 100 }).Should().Be(new Pretrained(Method.Iid, 100));
        Pretrained.Of(Plan with { ZapRows = 48, Units = 48 }).Should().Be(Pretrained.IidZap, "all rows are all rows");
        Pretrained.Of(Plan with { Method = Method.Asb }).Should().Be(Pretrained.AsbZap);
        Pretrained.Of(Plan with { Method = Method.MetaAsb, Zap = false }).Should().Be(Pretrained.MetaAsb);
    }

    [Fact]
    public void Plans_of_rules_that_were_not_published_are_none_of_the_published_networks()
    {
        PretrainingPlan[] others =
        [
            Plan with { ZapFan = KaimingFan.PerRow },
            Plan with { ZapBias = BiasReset.Zero },
            Plan with { ZapOptimizerState = OptimizerStateReset.Slice },
            Plan with { ZapPeriod = 19 },
            Plan with { Schedule = RateSchedule.Cosine },
            Plan with { FirstOrder = true },
            Plan with { Model = "anml" },
        ];

        others.Should().AllSatisfy(plan => Pretrained.Of(plan).Should().BeNull());
    }

    [Fact]
    public void Titles_and_keys_say_what_is_reset()
    {
        Pretrained.IidZap.Title.Should().Be("i.i.d. + zap");
        Pretrained.MetaAsb.Title.Should().Be("Meta-ASB");
        Pretrained.MetaAsbZap.ShortTitle.Should().Be("Meta-\nASB\n+ zap");
        new Pretrained(Method.Iid, 100).Should().BeEquivalentTo(
            new { Title = "i.i.d. + zap of 100 rows", ShortTitle = "i.i.d.\n+ 100", Key = "iid-zap-100", IsMain = false });
    }
}
