using FluentAssertions;
using PaperCurves.Data;
using PaperCurves.Experiments;
using PaperCurves.Models;
using PaperCurves.Transfer;
using Xunit;
using static TorchSharp.torch;

namespace PaperCurves.Tests.Transfer;

public sealed class HeadTransferTests
{
    private static readonly Preset Small = Preset.Smoke with { TransferClasses = 6, HeadEvaluationPeriod = 2 };

    [Fact]
    public void Features_are_those_of_the_encoder_image_by_image()
    {
        using var scope = NewDisposeScope();
        using var model = new Convnet(Small.Units, Small.Width);
        using var draw = Draw();
        using var features = new Features(model, draw, TestContext.Current.CancellationToken);

        features.Support.shape.Should().Equal(6 * 15, model.FeatureCount);
        var direct = model.Encode(draw.Query.Inputs.narrow(0, 17, 1));
        (features.Query.narrow(0, 17, 1) - direct).abs().max().item<float>().Should().BeLessThan(1e-5f);
        model.training.Should().BeTrue("they leave the mode as it is");
    }

    [Fact]
    public void It_is_evaluated_after_the_first_class_then_periodically_and_at_the_end()
    {
        using var model = new Convnet(Small.Units, Small.Width);
        using var draw = Draw();
        using var features = new Features(model, draw, TestContext.Current.CancellationToken);

        var points = SequentialHeadTransfer.Run(
            Arm.Zap, features, draw, Small, 1e-3, SilentBoard.Line, TestContext.Current.CancellationToken);

        points.Select(point => point.X).Should().Equal(1, 2, 4, 6);
        points.Should().OnlyContain(point => point.QueryAccuracy >= 0 && point.QueryAccuracy <= 1);
    }

    [Fact]
    public void Transfer_leaves_the_pretrained_network_as_it_is()
    {
        using var scope = NewDisposeScope();
        using var model = new Convnet(Small.Units, Small.Width, seed: 3);
        using var before = model.Copy();
        using var draw = Draw();

        var points = IidTransfer.Run(
            Arm.None, model, draw, Small with { IidEvaluations = [1, 2] }, 3e-3, SilentBoard.Line, TestContext.Current.CancellationToken);

        points.Select(point => point.X).Should().Equal(1, 2, 4); // 90 images in batches of 64, two epochs
        foreach (var (mine, its) in model.parameters().Zip(before.parameters()))
        {
            mine.eq(its).all().item<bool>().Should().BeTrue();
        }
    }

    [Fact]
    public void A_fresh_head_has_the_published_scale_and_no_bias()
    {
        using var scope = NewDisposeScope();
        var head = nn.Linear(2304, 1000);
        HeadReset.Apply(head, head, trial: 0);
        head.weight.std().item<float>().Should().BeApproximately(0.02946f, 3e-4f);
        head.bias!.count_nonzero().item<long>().Should().Be(0);
    }

    private static TransferDraw Draw() => new(SyntheticGlyphs.Create(1, 6).Transfer, Small, trial: 0, CPU);
}
