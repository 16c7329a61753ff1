using FluentAssertions;
using Xunit;
using static TorchSharp.torch;

namespace Zapping.Models.Tests;

public sealed class Convnet84Tests
{
    [Theory]
    [InlineData(64, 409_664)]
    [InlineData(700, 4_480_700)]
    public void Parameter_counts_are_the_published_ones(int units, long head)
    {
        using var model = new Convnet84(units);

        model.Child("encoder").Count().Should().Be(1_779_456);
        model.Classifier.Count().Should().Be(head);
        model.FeatureCount.Should().Be(6400);
    }

    [Fact]
    public void Every_stage_has_the_published_shape()
    {
        using var scope = NewDisposeScope();
        using var model = new Convnet84(64);
        var images = ModelInspection.Images(model, 2);

        model.Child("encoder").ShapesAfter("conv", images).Should().Equal("256x84x84", "256x42x42", "256x21x21", "256x10x10");
        model.Child("encoder").ShapesAfter("pool", images).Should().Equal("256x42x42", "256x21x21", "256x10x10", "256x5x5");
        model.Encode(images).shape.Should().Equal(2, 6400);
        model.call(images).shape.Should().Equal(2, 64);
    }
}
