using FluentAssertions;
using Xunit;
using static TorchSharp.torch;

namespace Zapping.Models.Tests;

public sealed class AnmlTests
{
    [Fact]
    public void Parameter_counts_are_the_published_ones()
    {
        using var model = new Anml(1000);

        model.Count().Should().Be(3_977_416);
        model.Child("prediction").Count().Should().Be(1_184_256);
        model.Child("modulation").Count().Should().Be(488_160);
        model.Classifier.Count().Should().Be(2_305_000);
    }

    [Fact]
    public void Every_stage_has_the_published_shape()
    {
        using var scope = NewDisposeScope();
        using var model = new Anml(1000);
        var images = ModelInspection.Images(model, 2);

        model.Child("prediction").ShapesAfter("conv", images).Should().Equal("256x26x26", "256x11x11", "256x3x3");
        model.Child("prediction").ShapesAfter("pool", images).Should().Equal("256x13x13", "256x5x5");
        model.Child("modulation").ShapesAfter("conv", images).Should().Equal("112x26x26", "112x11x11", "112x3x3");
        model.Child("modulation").ShapesAfter("pool", images).Should().Equal("112x13x13", "112x5x5", "112x1x1");
        model.Child("modulation").ShapesAfter("linear", images).Should().Equal("2304");
        model.Encode(images).shape.Should().Equal(2, 2304);
        model.call(images).shape.Should().Equal(2, 1000);
    }

    [Theory]
    [InlineData(28, 1, 3, 9, 1)]
    [InlineData(30, 1, 3, 16, 4)]
    [InlineData(31, 3, 3, 4, 4)]
    [InlineData(84, 3, 4, 9, 9)]
    public void The_number_of_blocks_follows_the_size_of_the_image(
        int imageSize, int channels, int blocks, int predictionPositions, int modulationPositions)
    {
        using var scope = NewDisposeScope();
        using var model = new Anml(5, width: 4, modulationWidth: 3, imageSize, channels);

        model.Child("prediction").Named().Keys.Count(name => name.StartsWith("conv", StringComparison.Ordinal)).Should().Be(2 * blocks);
        model.FeatureCount.Should().Be(4 * predictionPositions);
        model.Named()["modulation.linear.weight"].shape.Should().Equal(model.FeatureCount, 3 * modulationPositions);
        model.call(ModelInspection.Images(model, 2)).shape.Should().Equal(2, 5);
    }

    [Fact]
    public void Smaller_images_are_refused()
    {
        var act = () => new Anml(5, imageSize: 27);

        act.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("imageSize");
    }

    [Fact]
    public void Features_are_predictions_times_gates()
    {
        using var scope = NewDisposeScope();
        using var model = new Anml(5, width: 8, modulationWidth: 3);
        var images = ModelInspection.Images(model, 2);
        var prediction = model.Child("prediction").call(images);
        var gates = model.Child("modulation").call(images);

        gates.min().item<float>().Should().BePositive();
        gates.max().item<float>().Should().BeLessThan(1);
        ModelInspection.SameBits(model.Encode(images), prediction * gates).Should().BeTrue();

        using (no_grad())
        {
            model.Named()["modulation.linear.weight"].zero_();
            model.Named()["modulation.linear.bias"].zero_();
        }

        ModelInspection.SameBits(model.Encode(images), prediction / 2).Should().BeTrue();
    }

    [Fact]
    public void Inner_steps_move_the_prediction_and_the_classifier_but_not_the_modulation()
    {
        using var model = new Anml(5, width: 4, modulationWidth: 3);

        var inner = model.Named().Where(p => model.MovesInside(p.Key)).Sum(p => p.Value.numel());

        inner.Should().Be(model.Child("prediction").Count() + model.Classifier.Count());
        model.Named().Keys.Where(name => !model.MovesInside(name)).Should().HaveCount(14)
            .And.OnlyContain(name => name.StartsWith("modulation.", StringComparison.Ordinal));
    }
}
