using FluentAssertions;
using Xunit;
using Zapping.Training.Native;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Native;

/// <summary>What is wrong is made wrong on purpose, so no test needs a machine on which libtorch is.</summary>
[Collection(AloneCollection.Name)] // compares the global generator, and leaves freed memory full of NaN
public sealed class ConvolutionProbeTests
{
    private static readonly ConvolutionShape Shape = new(2, 4, 8);

    [Theory]
    [InlineData("outputs without the last channel", 4, 0, 0, 0)]
    [InlineData("NaN in one output", 4, 0, 0, 0)]
    [InlineData("wrong every other time", 2, 0, 0, 0)]
    [InlineData("gradient by the input without the last channel", 0, 4, 0, 0)]
    [InlineData("gradient by the weight a percent too large", 0, 0, 4, 4)]
    public void A_convolution_that_is_wrong_is_found(string fault, int forward, int input, int weight, int second)
    {
        var calls = 0;
        var probe = new ConvolutionProbe((shape, x, w) => Spoil(fault, shape, x.to(ScalarType.Float64), w.to(ScalarType.Float64), calls++).to(x.dtype));

        var errors = probe.Measure(Shape, examples: 2, repetitions: 4);

        errors.Forward.Should().Be(forward);
        errors.InputGradient.Should().Be(input);
        errors.WeightGradient.Should().Be(weight);
        errors.SecondOrder.Should().BeGreaterThanOrEqualTo(second);
        errors.Any.Should().BeTrue();
        probe.FirstWrong([Shape]).Should().Be(Shape);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_convolution_is_compared_and_whole_blocks_of_channels_are_right_on_every_machine(int dimensions, bool transposed, long stride, long dilation)
    {
        var shape = new ConvolutionShape(dimensions, 16, 32, Kernel: 3, stride, Padding: 1, dilation, Groups: 1, transposed);
        if (transposed)
        {
            ConvolutionGuard.Protect(); // such layers are not taken for right
        }

        new ConvolutionProbe().Measure(shape, examples: 16, repetitions: 2).Any.Should().BeFalse();
    }

    [Fact]
    public void It_leaves_the_global_generator_alone_and_does_not_mind_where_it_is_called()
    {
        using var scope = NewDisposeScope();
        ConvolutionGuard.Protect(); // what is right on every machine
        var before = random.get_rng_state();
        using (no_grad())
        using (inference_mode())
        {
            new ConvolutionProbe().Measure(Shape, 2, 1).Any.Should().BeFalse();
        }

        random.get_rng_state().eq(before).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void It_leaves_no_tensor_behind()
    {
        var before = LiveTensors.BeforeTest();
        new ConvolutionProbe().Measure(Shape, 2, 2);
        Tensor.TotalCount.Should().Be(before);
    }

    public static TheoryData<int, bool, long, long> Kinds()
    {
        var kinds = new TheoryData<int, bool, long, long>();
        foreach (var dimensions in new[] { 1, 2, 3 })
        {
            foreach (var transposed in new[] { false, true })
            {
                kinds.Add(dimensions, transposed, 1, 1);
                kinds.Add(dimensions, transposed, 2, 1);
                kinds.Add(dimensions, transposed, 1, 2);
            }
        }

        return kinds;
    }

    private static Tensor Spoil(string fault, ConvolutionShape shape, Tensor x, Tensor w, int call)
    {
        switch (fault)
        {
            case "gradient by the input without the last channel":
                var kept = x.narrow(1, 0, shape.In - 1);
                return shape.Convolve(cat([kept, x.narrow(1, shape.In - 1, 1).detach()], 1), w);
            case "gradient by the weight a percent too large":
                return shape.Convolve(x, (w * 1.01) - (w.detach() * 0.01));
        }

        var right = shape.Convolve(x, w);
        var mask = ones_like(right.detach());
        switch (fault)
        {
            case "outputs without the last channel":
                mask[.., (int)shape.Out - 1] = 0;
                break;
            case "NaN in one output":
                return right + Nan(right);
            case "wrong every other time" when call / 2 % 2 == 1: // a repetition convolves twice
                mask.mul_(1.1);
                break;
        }

        return right + (right.detach() * (mask - 1)); // the value alone is wrong, not the gradient

        static Tensor Nan(Tensor like)
        {
            var one = zeros_like(like.detach());
            one.view(-1)[0] = float.NaN;
            return one;
        }
    }
}
