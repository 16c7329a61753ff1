using FluentAssertions;
using Xunit;
using Zapping.Training.Initializers;
using Zapping.Training.Randomness;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Randomness;

/// <summary>The script serves every device, so the CPU, which resets do not use it on, shows that it is right.</summary>
[Collection(AloneCollection.Name)] // the global generator is looked at
public sealed class DeviceNoiseTests
{
    [Fact]
    public void Normal_values_are_those_of_a_generator_with_that_seed()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var values = zeros(100);
        DeviceNoise.FillNormal(values, 1, 2, 5);
        Nets.Bits(values).Should().Equal(Nets.Bits(zeros(100).normal_(1, 2, generator)));
    }

    [Fact]
    public void Uniform_values_are_those_of_a_generator_with_that_seed()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(6);
        var values = zeros(100);
        DeviceNoise.FillUniform(values, -3, 4, 6);
        Nets.Bits(values).Should().Equal(Nets.Bits(zeros(100).uniform_(-3, 4, generator)));
    }

    [Fact]
    public void The_global_generator_is_left_alone()
    {
        using var scope = NewDisposeScope();
        var before = random.get_rng_state();
        DeviceNoise.FillNormal(zeros(100), 0, 1, 7);
        random.get_rng_state().eq(before).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void A_reset_on_CUDA_repeats_itself_has_its_scale_and_leaves_the_global_generator_alone()
    {
        Assert.SkipUnless(cuda.is_available(), "CUDA is not available");
        using var scope = NewDisposeScope();
        var (first, second, other) = (Draw(seed: 1), Draw(seed: 1), Draw(seed: 2));
        first.eq(second).all().item<bool>().Should().BeTrue();
        first.eq(other).any().item<bool>().Should().BeFalse();
        first.std().item<float>().Should().BeApproximately(0.5f, 0.01f);

        cuda.manual_seed(3);
        var undisturbed = rand(10, device: CUDA);
        cuda.manual_seed(3);
        Draw(seed: 1);
        rand(10, device: CUDA).eq(undisturbed).all().item<bool>().Should().BeTrue();

        static Tensor Draw(ulong seed) => new ResetNoise(seed, 0, "weight").Normal(empty(100_000, device: CUDA), 0, 0.5);
    }
}
