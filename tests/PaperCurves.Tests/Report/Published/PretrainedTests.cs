using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Report.Published;
using Xunit;
using Zapping.Training;
using Zapping.Training.Initializers;

namespace PaperCurves.Tests.Report.Published;

public sealed class PretrainedTests
{
    private static readonly PretrainingPlan Plan = MadeUpSweep.Plan(Method.Iid, 1000);

    [Fact]
    public void Plans_are_told_apart_by_method_and_rows()
    {
        Pretrained.Of(Plan).Should().Be(Pretrained.IidZap);
        Pretrained.Of(Plan with { Zap = false, ZapRows = 100 }).Should().Be(Pretrained.Iid, "rows do not matter where none are reset");
        Pretrained.Of(Plan with { ZapRows = 100 }).Should().Be(new Pretrained(Method.Iid, 100));
        Pretrained.Of(MadeUpSweep.Plan(Method.Asb, 1)).Should().Be(Pretrained.AsbZap);
        Pretrained.Of(MadeUpSweep.Plan(Method.MetaAsb, 0)).Should().Be(Pretrained.MetaAsb);
        Pretrained.Of(MadeUpSweep.Plan(Method.MetaAsb, 1)).Should().Be(Pretrained.MetaAsbZap);
    }

    [Theory]
    [InlineData("quick")]
    [InlineData("smoke")]
    public void The_smaller_presets_are_kinds_of_their_own_size(string preset)
    {
        foreach (var method in Enum.GetValues<Method>())
        {
            var plan = PaperPlans.PresetOf(Plan with { Preset = preset, Method = method, Classes = 30 });
            Pretrained.Of(plan).Should().Be(method switch { Method.Iid => Pretrained.IidZap, Method.Asb => Pretrained.AsbZap, _ => Pretrained.MetaAsbZap });
        }
    }

    [Fact]
    public void Another_seed_another_interval_of_checkpoints_and_other_classes_are_the_same_kind()
    {
        Pretrained.Of(Plan with { Seed = 7, SaveEvery = 3 }).Should().Be(Pretrained.IidZap);
        Pretrained.Of(Plan with { Classes = 700 }).Should().Be(Pretrained.IidZap);
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
            Plan with { Length = 11 },
            Plan with { LearningRate = 1e-3 },
            Plan with { BatchSize = 128 },
            Plan with { Optimizer = OptimizerKind.SteppedSgd },
            Plan with { Width = 128 },
            Plan with { Units = 964 },
            Plan with { ImagesPerClass = 20 },
            Plan with { Preset = "quick" },
            MadeUpSweep.Plan(Method.Asb, 1) with { Length = 2000 },
            MadeUpSweep.Plan(Method.Asb, 1) with { RememberImages = 32 },
            MadeUpSweep.Plan(Method.MetaAsb, 1) with { InnerLearningRate = 1e-3 },
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
