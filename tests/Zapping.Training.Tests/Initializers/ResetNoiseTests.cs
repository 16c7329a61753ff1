using FluentAssertions;
using Xunit;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Initializers;

/// <summary>What draws of one reset have to do with each other; the numbers themselves are in Randomness/NoiseTests.</summary>
public sealed class ResetNoiseTests
{
    [Fact]
    public void Each_draw_of_one_noise_is_new_and_the_same_noise_made_again_repeats_them()
    {
        using var scope = NewDisposeScope();
        var (noise, again) = (new ResetNoise(1, 2, "w"), new ResetNoise(1, 2, "w"));
        var draws = Draws(noise);
        draws.Distinct(StringComparer.Ordinal).Should().HaveCount(draws.Count);
        Draws(again).Should().Equal(draws);

        static List<string> Draws(ResetNoise noise) =>
        [
            Hex(noise.Normal(empty(6))), Hex(noise.Normal(empty(6))), Hex(noise.Uniform(empty(6), 0, 1)), Hex(noise.Uniform(empty(6), 0, 1)),
            string.Join(' ', noise.Choose(10, 1000)), string.Join(' ', noise.Choose(10, 1000)),
        ];
    }

    // A policy that calls its own choice by the name of a parameter must not draw what the parameter's new values are drawn from.
    [Fact]
    public void A_policys_own_noise_is_not_that_of_the_parameter_of_the_same_name()
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small();
        var own = "";
        var policy = new WritePolicy(context =>
        {
            own = Hex(context.Noise("head.weight").Normal(empty(Nets.Units, Nets.Features)));
            var asDrawn = new GivenRewriter(target => target.Noise.Normal(target.Values));
            context.Reset(Nets.HeadOf(net).weight, ParameterSlice.All, asDrawn);
        });
        Nets.Scheduler(net, policy).Signal(BoundaryKind.ClassBoundary);
        Hex(Nets.HeadOf(net).weight).Should().NotBe(own);
        Hex(new ResetNoise(0, 0, "head.weight").Normal(empty(Nets.Units, Nets.Features))).Should().Be(Hex(Nets.HeadOf(net).weight), "this is what it was drawn from");
    }

    private static string Hex(Tensor values) => Convert.ToHexString(Nets.Bits(values));
}
