using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Models.Tests;

[Collection(AloneCollection.Name)] // the global generator is seeded
public sealed class ConvnetTests
{
    [Fact]
    public void Shapes_and_parameter_counts_are_the_published_ones()
    {
        using var scope = NewDisposeScope();
        using var model = new Convnet(1000);

        model.parameters().Sum(p => p.numel()).Should().Be(3_489_256);
        model.Classifier.parameters().Sum(p => p.numel()).Should().Be(2_305_000);
        model.Child("encoder").Count().Should().Be(1_184_256);
        model.Child("encoder").ShapesAfter("conv", rand(2, 1, 28, 28)).Should().Equal("256x26x26", "256x11x11", "256x3x3");
        model.Child("encoder").ShapesAfter("pool", rand(2, 1, 28, 28)).Should().Equal("256x13x13", "256x5x5");
        model.Encode(rand(2, 1, 28, 28)).shape.Should().Equal(2, 2304);
        model.call(rand(2, 1, 28, 28)).shape.Should().Equal(2, 1000);
    }

    [Fact]
    public void Initial_weights_have_the_published_scale_and_depend_on_the_seed_alone()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var model = new Convnet(1000, seed: 5);
        random.manual_seed(2);
        using var same = new Convnet(1000, seed: 5);
        using var other = new Convnet(1000, seed: 6);

        var parameters = model.named_parameters().ToDictionary(p => p.name, p => p.parameter, StringComparer.Ordinal);
        parameters["encoder.conv2.weight"].std().item<float>().Should().BeApproximately(MathF.Sqrt(2f / 2304), 1e-4f);
        parameters["classifier.weight"].std().item<float>().Should().BeApproximately(0.01203f, 1e-4f);
        parameters["classifier.bias"].abs().max().item<float>().Should().BeLessThanOrEqualTo(1f / 48);
        parameters["encoder.norm3.weight"].eq(1).all().item<bool>().Should().BeTrue();
        foreach (var (mine, its) in model.parameters().Zip(same.parameters()))
        {
            mine.eq(its).all().item<bool>().Should().BeTrue();
        }

        model.Classifier.weight.eq(other.Classifier.weight).all().item<bool>().Should().BeFalse();
    }

    [Fact]
    public void A_copy_computes_the_same_and_is_independent()
    {
        using var scope = NewDisposeScope();
        using var model = new Convnet(20, width: 8, seed: 1);
        using var copy = model.Copy();
        var images = rand(3, 1, 28, 28);
        copy.call(images).eq(model.call(images)).all().item<bool>().Should().BeTrue();

        using (no_grad())
        {
            copy.Classifier.weight.zero_();
        }

        model.Classifier.weight.count_nonzero().item<long>().Should().BePositive();
    }

    [Fact]
    public void Its_normalisation_is_that_of_TorchSharp_with_gradients()
    {
        using var scope = NewDisposeScope();
        var ours = new InstanceNorm(6);
        var theirs = nn.InstanceNorm2d(6, affine: true);
        var x = randn(4, 6, 5, 5).requires_grad_();
        var y = x.detach().clone().requires_grad_();
        var weights = randn(4, 6, 5, 5);
        (ours.call(x) * weights).sum().backward();
        (theirs.call(y) * weights).sum().backward();
        (ours.call(x) - theirs.call(y)).abs().max().item<float>().Should().BeLessThan(1e-5f);
        (x.grad! - y.grad!).abs().max().item<float>().Should().BeLessThan(1e-4f);
        foreach (var (mine, its) in ours.parameters().Zip(theirs.parameters()))
        {
            (mine.grad! - its.grad!).abs().max().item<float>().Should().BeLessThan(1e-4f);
        }
    }

    [Fact]
    public void One_image_does_not_change_the_output_of_another()
    {
        using var scope = NewDisposeScope();
        using var model = new Convnet(20, width: 8);
        var images = rand(4, 1, 28, 28);
        var together = model.call(images);
        var alone = model.call(images.narrow(0, 2, 1));
        (together.narrow(0, 2, 1) - alone).abs().max().item<float>().Should().BeLessThan(1e-5f);
    }
}
