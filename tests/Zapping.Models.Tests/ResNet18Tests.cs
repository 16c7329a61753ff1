using FluentAssertions;
using Xunit;
using static TorchSharp.torch;

namespace Zapping.Models.Tests;

public sealed class ResNet18Tests
{
    [Fact]
    public void Parameter_counts_are_the_standard_ones()
    {
        using var model = new ResNet18(64);

        model.Child("encoder").Count().Should().Be(11_176_512);
        model.Classifier.Count().Should().Be((512 * 64) + 64);
        model.Child("encoder").named_parameters().Where(p => p.parameter.Dimensions == 4).Should().HaveCount(20);
        model.buffers().Should().HaveCount(3 * 20); // mean, variance and count of every normalisation
    }

    [Fact]
    public void Every_stage_has_the_standard_shape()
    {
        using var scope = NewDisposeScope();
        using var model = new ResNet18(64);
        var images = ModelInspection.Images(model, 2);

        model.Child("encoder").ShapesAfter("conv1", images).Should().Equal("64x42x42");
        model.Child("encoder").ShapesAfter("pool1", images).Should().Equal("64x21x21");
        model.Child("encoder").ShapesAfter("stage", images).Should().Equal("64x21x21", "128x11x11", "256x6x6", "512x3x3");
        model.Encode(images).shape.Should().Equal(2, 512);
        model.call(images).shape.Should().Equal(2, 64);
    }

    [Fact]
    public void A_block_adds_its_input_before_the_last_ReLU()
    {
        using var scope = NewDisposeScope();
        using var block = new ResidualBlock(4, 4, stride: 1);
        block.eval();
        using (no_grad())
        {
            block.Named()["residual.norm2.weight"].zero_();
        }

        var input = randn(2, 4, 5, 5);

        ModelInspection.SameBits(block.call(input), input.clamp(min: 0)).Should().BeTrue();
    }

    [Fact]
    public void In_train_mode_images_see_each_other_and_move_the_running_statistics()
    {
        using var scope = NewDisposeScope();
        using var model = new ResNet18(5, width: 4);
        var images = ModelInspection.Images(model, 4);
        var before = model.buffers().Select(buffer => buffer.clone()).ToList();

        var together = model.call(images).narrow(0, 0, 2);
        model.buffers().Zip(before).Should().OnlyContain(pair => !ModelInspection.SameBits(pair.First, pair.Second));
        var alone = model.call(images.narrow(0, 0, 2));

        (together - alone).abs().max().item<float>().Should().BeGreaterThan(1e-3f);
    }

    [Fact]
    public void In_eval_mode_images_do_not_see_each_other_and_nothing_moves()
    {
        using var scope = NewDisposeScope();
        using var model = new ResNet18(5, width: 4);
        var images = ModelInspection.Images(model, 4);
        model.call(images);
        model.eval();
        var before = model.buffers().Select(buffer => buffer.clone()).ToList();

        var together = model.call(images).narrow(0, 0, 2);
        var alone = model.call(images.narrow(0, 0, 2));

        (together - alone).abs().max().item<float>().Should().BeLessThan(1e-5f);
        model.buffers().Zip(before).Should().OnlyContain(pair => ModelInspection.SameBits(pair.First, pair.Second));
    }

    [Fact]
    public void The_smallest_image_can_be_a_batch_of_its_own()
    {
        using var scope = NewDisposeScope();
        using var model = new ResNet18(5, width: 4, imageSize: ResNet18.MinImageSize);

        model.call(ModelInspection.Images(model, 1)).isfinite().all().item<bool>().Should().BeTrue();
        var act = () => new ResNet18(5, imageSize: ResNet18.MinImageSize - 1);
        act.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("imageSize");
    }
}
