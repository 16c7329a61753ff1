using FluentAssertions;
using PaperCurves.Pretraining;
using Xunit;
using Zapping.Datasets;
using Zapping.Models;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Initializers;
using Zapping.Training.Optimizers;
using static TorchSharp.torch;

namespace PaperCurves.Tests.Pretraining;

public sealed class PlannedResetsTests
{
    private static readonly ClassificationData Data = SyntheticGlyphs.Create(6, 1);

    private static PretrainingPlan Plan => PaperPlans.For("smoke", Method.Iid, "convnet", zap: false, Data, seed: 3) with
    {
        Units = 8,
        ZapRows = 8,
        BatchSize = 30,
        Length = 3,
    };

    [Fact]
    public void The_recommended_arm_is_what_the_library_recommends_bit_for_bit()
    {
        var plan = Plan.Resetting(Arm.Recommended);
        using var split = new PretrainingSplit(Data, plan, CPU);
        using var run = new PretrainingRun(plan, split, CPU);
        run.Train(new SilentProgress(), CancellationToken.None);

        using var model = ModelCatalog.Create(plan.Model, plan.Units, plan.Width, plan.ImageSize, plan.Channels, Seeds.Of(plan.Seed, "initial weights"));
        using var optimizer = new FusedAdam(model.parameters(), plan.LearningRate);
        using var trainer = new ContinualTrainer(model, optimizer).UseGradientAccumulation(ImageClassifier.ImagesAtATime);
        var recommended = ZapOptions.Recommended with { Head = HeadSelector.Layer(model.Classifier) };
        trainer.UseZapping(new ResetSchedule(BoundaryKind.EpochBoundary) { SkipFirst = true, Seed = Seeds.Of(plan.Seed, "zaps") }, recommended);
        var (inputs, labels) = split.Training;
        trainer.Fit(new ShuffledBatches(inputs, labels, plan.BatchSize, Seeds.Of(plan.Seed, "pre-training order")), plan.Length);

        foreach (var ((name, tensor), (_, expected)) in run.Model.state_dict().Zip(model.state_dict()))
        {
            tensor.bytes.ToArray().Should().Equal(expected.bytes.ToArray(), name);
        }
    }

    [Fact]
    public void Every_arm_leads_to_another_network()
    {
        var losses = Enum.GetValues<Arm>().Select(arm =>
        {
            var plan = Plan.Resetting(arm);
            using var split = new PretrainingSplit(Data, plan, CPU);
            using var run = new PretrainingRun(plan, split, CPU);
            return run.Train(new SilentProgress(), CancellationToken.None).TrainingLoss;
        });

        losses.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Plans_know_their_arm_and_say_when_they_are_none()
    {
        foreach (var arm in Enum.GetValues<Arm>())
        {
            var plan = Plan.Resetting(arm);
            (plan.ResetsTitle(), plan.ResetsKey()).Should().Be((arm.Title(), arm.Key()));
            (plan with { ZapPeriod = 1 }).ResetsTitle().Should().Be("zapping of its own kind");
        }

        (Plan.Resetting(Arm.Zap) with { ZapFan = KaimingFan.PerRow }).ResetsTitle().Should().Be("zapping of its own kind");
    }

    [Fact]
    public void The_published_arm_is_the_one_of_the_plan_with_resets()
    {
        foreach (var preset in PaperPlans.Names)
        {
            PaperPlans.For(preset, Method.Iid, "convnet", zap: true, Data, seed: 3).ResetsTitle().Should().Be("published zapping");
            PaperPlans.For(preset, Method.Iid, "convnet", zap: false, Data, seed: 3).ResetsTitle().Should().Be("without zapping");
        }
    }
}
