using FluentAssertions;
using Xunit;
using static TorchSharp.torch;

namespace Zapping.Models.Tests;

public sealed class CifarResNetTests
{
    // With a classifier of ten units 269,722 and 464,154, as the field has it: 0.27 and 0.46 million.
    [Theory]
    [InlineData(20, 269_072)]
    [InlineData(32, 463_504)]
    public void Parameter_counts_are_the_published_ones(int depth, int expected)
    {
        using var model = new CifarResNet(10, depth);
        model.Child("encoder").Count().Should().Be(expected);
        model.Child("encoder").named_parameters().Count(p => p.parameter.Dimensions == 4).Should().Be(depth - 1);
        model.Classifier.Count().Should().Be((64 * 10) + 10);
    }

    [Fact]
    public void Every_stage_has_the_published_shape()
    {
        using var scope = NewDisposeScope();
        using var model = new CifarResNet(10, depth: 8);
        var images = ModelInspection.Images(model, 2);
        model.Child("encoder").ShapesAfter("stage", images).Should().Equal("16x32x32", "32x16x16", "64x8x8");
        model.call(images).shape.Should().Equal(2, 10);
    }

    [Fact]
    public void A_padded_shortcut_takes_every_second_position_and_zeros()
    {
        using var scope = NewDisposeScope();
        using var shortcut = new PaddedShortcut(stride: 2, more: 2);
        var input = arange(16, dtype: ScalarType.Float32).reshape(1, 1, 4, 4);
        var output = shortcut.call(input);
        output.shape.Should().Equal(1, 3, 2, 2);
        output.data<float>().Should().Equal(0, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(18)]
    public void Other_depths_are_refused(int depth) =>
        FluentActions.Invoking(() => new CifarResNet(10, depth)).Should().Throw<ArgumentException>().WithMessage($"A depth is 6 n + 2*not {depth}*");
}
