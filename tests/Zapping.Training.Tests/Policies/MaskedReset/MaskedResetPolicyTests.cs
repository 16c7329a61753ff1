using FluentAssertions;
using Xunit;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies.MaskedReset;

public sealed class MaskedResetPolicyTests
{
    [Fact]
    public void A_corner_of_each_layer_but_the_first_ones_inputs_stays()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(("first", Linear(7, 4)), ("second", Linear(4, 5)));
        var before = net.named_parameters().ToDictionary(own => own.name, own => own.parameter.detach().clone(), StringComparer.Ordinal);
        OneWeight.Apply(net, new MaskedResetPolicy(new() { Keep = 0.5 }));
        Kept("first.weight").Should().Be(2 * 7);
        Kept("first.bias").Should().Be(2);
        Kept("second.weight").Should().Be(3 * 2, "of 20 entries");
        net.get_parameter("second.weight")!.narrow(0, 0, 3).narrow(1, 0, 2).eq(before["second.weight"].narrow(0, 0, 3).narrow(1, 0, 2)).all().item<bool>().Should().BeTrue();
        Kept("second.bias").Should().Be(3);

        long Kept(string name) => net.get_parameter(name)!.eq(before[name]).sum().item<long>();
    }

    [Fact]
    public void The_largest_weights_stay()
    {
        using var net = OneWeight.Linear(new[,] { { 0.1f, -0.4f, 0.3f, 0.2f } });
        OneWeight.Apply(net, new MaskedResetPolicy(new() { Keep = 0.5, Mask = KeptWeights.LargestMagnitude, Fresh = Initializer.Zeros() }));
        OneWeight.Of(net).Should().Equal(0, -0.4f, 0.3f, 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_random_mask_is_that_of_the_seed_at_every_generation_unless_another_is_asked_for(bool same)
    {
        using var scope = NewDisposeScope();
        using var net = OneWeight.Linear(new float[20, 20]);
        var scheduler = Nets.Scheduler(net, new MaskedResetPolicy(new() { Keep = 0.5, Mask = KeptWeights.Random, SameMask = same }), seed: 4);
        var masks = Enumerable.Range(0, 3).Select(_ =>
        {
            var before = OneWeight.Of(net);
            scheduler.Signal(BoundaryKind.ClassBoundary);
            return string.Concat(OneWeight.Of(net).Zip(before, (now, then) => now.Equals(then) ? '1' : '0'));
        }).ToList();
        masks.Distinct(StringComparer.Ordinal).Should().HaveCount(same ? 1 : 3);
        masks[0].Count(kept => kept == '1').Should().BeInRange(150, 250); // 200 ± 5 standard deviations
    }
}
