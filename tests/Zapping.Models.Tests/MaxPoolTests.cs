using CsCheck;
using FluentAssertions;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Models.Tests;

public sealed class MaxPoolTests
{
    [Fact]
    public void It_equals_libtorchs_with_and_without_gradients() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[2, 13], Gen.Int[2, 13]).Sample((n, channels, height, width) =>
        {
            using var scope = NewDisposeScope();
            using var pool = new MaxPool();
            var images = randint(-3, 4, [n, channels, height, width]).to(ScalarType.Float32); // whole numbers: many ties
            var expected = functional.max_pool2d(images, 2);
            pool.call(images).eq(expected).all().item<bool>().Should().BeTrue();
            pool.call(images.requires_grad_()).eq(expected).all().item<bool>().Should().BeTrue();
        });

    [Fact]
    public void Its_gradient_is_libtorchs_also_where_several_are_the_largest()
    {
        using var scope = NewDisposeScope();
        using var pool = new MaxPool();
        var (ours, theirs) = (zeros(1, 1, 4, 4, requires_grad: true), zeros(1, 1, 4, 4, requires_grad: true));
        pool.call(ours).sum().backward();
        functional.max_pool2d(theirs, 2).sum().backward();
        ours.grad!.eq(theirs.grad!).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void What_is_not_a_number_stays_visible()
    {
        using var scope = NewDisposeScope();
        using var pool = new MaxPool();
        var images = zeros(1, 1, 2, 2);
        images[0, 0, 1, 0] = float.NaN;
        pool.call(images).isnan().item<bool>().Should().BeTrue();
    }
}
