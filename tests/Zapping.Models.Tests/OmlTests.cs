using FluentAssertions;
using Xunit;
using static TorchSharp.torch;

namespace Zapping.Models.Tests;

public sealed class OmlTests
{
    [Fact]
    public void Parameter_counts_follow_from_the_published_shapes()
    {
        using var model = new Oml(1000);

        model.Child("encoder").Count().Should().Be(2560 + (5 * 590_080));
        model.Child("hidden").Count().Should().Be((2304 * 1024) + 1024);
        model.Classifier.weight.shape.Should().Equal(1000, 1024);
        model.Classifier.bias!.shape.Should().Equal(1000);
    }

    [Fact]
    public void Every_stage_has_the_published_shape()
    {
        using var scope = NewDisposeScope();
        using var model = new Oml(1000);
        var images = ModelInspection.Images(model, 2);

        model.Child("encoder").ShapesAfter("conv", images).Should().Equal(
            "256x41x41", "256x39x39", "256x19x19", "256x17x17", "256x8x8", "256x3x3");
        model.Child("encoder").ShapesAfter("flatten", images).Should().Equal("2304");
        model.Encode(images).shape.Should().Equal(2, 1024);
        model.call(images).shape.Should().Equal(2, 1000);
    }

    [Fact]
    public void Features_are_those_of_the_hidden_layer_after_ReLU()
    {
        using var scope = NewDisposeScope();
        using var model = new Oml(5, width: 4, hiddenUnits: 16);
        var images = ModelInspection.Images(model, 2);

        var sums = model.Child("hidden").call(model.Child("encoder").call(images));

        sums.min().item<float>().Should().BeNegative();
        ModelInspection.SameBits(model.Encode(images), sums.clamp(min: 0)).Should().BeTrue();
    }

    [Fact]
    public void Inner_steps_move_both_linear_layers_alone()
    {
        using var model = new Oml(5, width: 4, hiddenUnits: 16);

        model.Named().Keys.Where(model.MovesInside).Should().BeEquivalentTo(
            "hidden.weight", "hidden.bias", "classifier.weight", "classifier.bias");
    }
}
