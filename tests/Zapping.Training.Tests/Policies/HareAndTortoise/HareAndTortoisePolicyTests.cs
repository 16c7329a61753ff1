using FluentAssertions;
using Xunit;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies.HareAndTortoise;

public sealed class HareAndTortoisePolicyTests
{
    [Fact]
    public void It_follows_each_step_and_returns_by_value()
    {
        using var scope = NewDisposeScope();
        using var net = OneWeight.Linear(new float[,] { { 1 } });
        using var policy = new HareAndTortoisePolicy(net, new() { Decay = 0.9, ReturnEvery = 2 });
        var scheduler = Nets.Scheduler(net, policy);
        Begin(1, 1, "nothing has been learned before the first step");
        Move(2);
        Begin(2, 1.1, "0.9 · 1 + 0.1 · 2");
        Move(3);
        Begin(1.29, 1.29, "it returns after the second step");
        Move(1.79);
        Begin(1.79, 1.34, "both have values of their own");

        void Begin(double hare, double tortoise, string because)
        {
            scheduler.Signal(BoundaryKind.ClassBoundary);
            OneWeight.Of(net).Single().Should().BeApproximately((float)hare, 1e-6f, because);
            policy.State[0].Value.item<float>().Should().BeApproximately((float)tortoise, 1e-6f, because);
        }

        void Move(double value)
        {
            using var noGrad = no_grad();
            net.parameters().Single().fill_(value);
        }
    }

    [Fact]
    public void Running_statistics_are_averaged_and_counters_copied_and_the_tortoise_can_be_evaluated()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(("body", Linear(3, 4)), ("norm", BatchNorm1d(4)));
        using var policy = new HareAndTortoisePolicy(net, new() { Decay = 0.5, ReturnEvery = 2 });
        var scheduler = Nets.Scheduler(net, policy);
        scheduler.Signal(BoundaryKind.ClassBoundary);
        net.call(randn(8, 3));
        var moved = net.get_buffer("norm.running_mean")!.clone();
        scheduler.Signal(BoundaryKind.ClassBoundary); // tortoise: half of the way from 0
        scheduler.Signal(BoundaryKind.ClassBoundary); // and half of the rest, to which the model returns
        (net.get_buffer("norm.running_mean")! - (moved * 0.75)).abs().max().item<float>().Should().BeLessThan(1e-6f);
        net.get_buffer("norm.num_batches_tracked")!.item<long>().Should().Be(1);

        using var copy = Sequential(("body", Linear(3, 4)), ("norm", BatchNorm1d(4)));
        policy.CopyTo(copy);
        Nets.Bits(copy).Should().BeEquivalentTo(Nets.Bits(net));
    }

    [Fact]
    public void A_model_that_has_grown_is_refused_by_name()
    {
        using var net = OneWeight.Linear(new float[,] { { 1 } });
        using var other = OneWeight.Linear(new float[,] { { 1, 2 } });
        using var policy = new HareAndTortoisePolicy(net);
        policy.Invoking(p => p.CopyTo(other)).Should().Throw<InvalidOperationException>().WithMessage("'layer.weight' has shape [1, 2], and the tortoise has [1, 1]*new policy*");
    }
}
