using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies.FullReset;

public sealed class FullResetPolicyTests
{
    [Fact]
    public void A_model_is_as_its_layers_are_when_they_are_built_and_the_optimizer_begins_anew()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(("body", Linear(16, 8)), ("norm", BatchNorm1d(8)), ("head", Linear(8, 3)));
        using var adam = optim.Adam(net.parameters(), 0.5);
        for (var i = 0; i < 3; i++)
        {
            adam.zero_grad();
            functional.cross_entropy(net.call(randn(8, 16)), randint(0, 3, 8)).backward();
            adam.step();
        }

        OneWeight.Apply(net, new FullResetPolicy(), adam);
        net.get_parameter("body.weight")!.abs().max().item<float>().Should().BeInRange(0.2f, 0.25f);
        net.get_parameter("head.bias")!.abs().max().item<float>().Should().BeLessThanOrEqualTo(1 / MathF.Sqrt(8));
        net.get_parameter("norm.weight")!.eq(1).all().item<bool>().Should().BeTrue();
        net.get_parameter("norm.bias")!.eq(0).all().item<bool>().Should().BeTrue();
        net.get_buffer("norm.running_mean")!.eq(0).all().item<bool>().Should().BeTrue();
        net.get_buffer("norm.running_var")!.eq(1).all().item<bool>().Should().BeTrue();
        net.get_buffer("norm.num_batches_tracked")!.item<long>().Should().Be(0);
        adam.state_dict().State.Cast<Adam.State>().Should().OnlyContain(state => state.step == 0 && state.exp_avg!.eq(0).all().item<bool>());
    }

    [Fact]
    public void What_is_not_known_is_refused_by_name()
    {
        using var net = Sequential(("slope", PReLU(2)), ("head", Linear(2, 2)));
        FluentActions.Invoking(() => OneWeight.Apply(net, new FullResetPolicy())).Should().Throw<NotSupportedException>().WithMessage("*'slope.weight' (PReLU)*Parameters*");
    }
}
