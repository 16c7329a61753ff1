using FluentAssertions;
using Xunit;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Episodes;

/// <summary>Outer sets that are smaller than the model: what only moves inside takes no part in the outer step, nor in the next episode.</summary>
public sealed class OuterSubsetTests
{
    private static readonly ParameterFilter Outer = ParameterFilter.WithPrefix("head.");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_episode_begins_without_the_gradients_of_the_one_before(bool meta)
    {
        using var scope = NewDisposeScope();
        using var first = new EpisodicNet(gated: false);
        using var fresh = new EpisodicNet(gated: false);
        Train(meta, first, 0);
        using (no_grad())
        {
            foreach (var (target, value) in fresh.parameters().Zip(first.parameters()))
            {
                target.copy_(value);
            }
        }

        Train(meta, first, 1);
        Train(meta, fresh, 1);

        Nets.Bits(first).Should().BeEquivalentTo(Nets.Bits(fresh));
    }

    [Fact]
    public void The_clipped_norm_is_that_of_the_outer_set()
    {
        using var scope = NewDisposeScope();
        using var net = new EpisodicNet(gated: false);
        var before = Outer.Resolve(net).Select(p => p.detach().clone()).ToList();
        Train(meta: false, net, 0, maxNorm: 1e-3);

        Math.Sqrt(Outer.Resolve(net).Zip(before, (p, b) => (p - b).square().sum().item<double>()).Sum()).Should().BeApproximately(1e-3, 1e-8);
    }

    private static void Train(bool meta, EpisodicNet net, int index, double maxNorm = 1e9)
    {
        using var outer = optim.SGD(Outer.Resolve(net), 1);
        var inner = ParameterFilter.WithPrefix("body.");
        using EpisodicTrainer trainer = meta
            ? new MetaAsbTrainer(net, outer, new MetaAsbOptions { InnerParameters = inner })
            : new AsbTrainer(net, outer, new AsbOptions { InnerParameters = inner });
        trainer.UseGradientClipping(maxNorm).TrainEpisode(new RandomEpisodes().Episode(index));
    }
}
