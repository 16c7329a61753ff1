using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Parameters;
using Zapping.Training.Penalties;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Parameters;

public sealed class ParameterSetTests
{
    [Fact]
    public void A_tied_parameter_is_in_it_once()
    {
        using var net = new Tied();
        ParameterFilter.All.Resolve(net).Should().ContainSingle().Which.Should().BeSameAs(net.First.weight);
        ParameterFilter.WithPrefix("First").Resolve(net).Should().ContainSingle();
    }

    [Fact]
    public void Shrink_and_perturb_shrinks_a_tied_parameter_once_and_its_distance_counts_once()
    {
        using var scope = NewDisposeScope();
        using var net = new Tied();
        var expected = (net.First.weight.detach() * 0.5).square().sum().item<float>();
        using var penalty = new L2InitPenalty(net, 1);
        var policy = new ShrinkAndPerturbPolicy(new ShrinkAndPerturbOptions { Shrink = 0.5, Perturb = 0 });
        new ZapScheduler(net, [], policy, new ResetSchedule(BoundaryKind.EpochBoundary)).Signal(BoundaryKind.EpochBoundary);
        penalty.Value().item<float>().Should().BeApproximately(expected, expected * 1e-6f);
    }

    private sealed class Tied : Module<Tensor, Tensor>
    {
        public readonly Linear First = Linear(4, 4, hasBias: false);
        public readonly Linear Second = Linear(4, 4, hasBias: false);

        public Tied()
            : base(nameof(Tied))
        {
            RegisterComponents();
            Second.weight = First.weight;
        }

        public override Tensor forward(Tensor input) => Second.call(First.call(input));
    }
}
