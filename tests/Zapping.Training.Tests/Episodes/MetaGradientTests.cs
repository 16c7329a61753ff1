using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Episodes;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Episodes;

/// <summary>The derivative of the outer loss through 20 inner steps, against nothing but the loss itself.</summary>
public sealed class MetaGradientTests
{
    private const double InnerRate = 0.1;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 5)]
    [InlineData(true, 1)]
    [InlineData(true, 7)]
    public void It_equals_central_finite_differences_of_the_whole_map(bool gated, int keepEvery)
    {
        using var scope = NewDisposeScope();
        var net = new EpisodicNet(gated);
        var episode = new RandomEpisodes().Episode(3);
        using var still = optim.SGD(net.parameters(), 0);
        using var trainer = Meta(net, still, gated, keepEvery);
        trainer.TrainEpisode(episode);
        var gradient = net.parameters().Select(p => p.grad!.clone()).ToList();

        for (var direction = 0ul; direction < 5; direction++)
        {
            var along = Direction(net, direction);
            var expected = Slope(trainer, net, episode, along);
            var actual = gradient.Zip(along, (g, d) => g.mul(d).sum().item<double>()).Sum();
            actual.Should().BeApproximately(expected, 1e-5 * Math.Abs(expected), $"direction {direction}");
        }
    }

    [Fact]
    public void Each_parameter_has_its_own_derivative()
    {
        using var scope = NewDisposeScope();
        var net = new EpisodicNet(gated: true);
        var episode = new RandomEpisodes().Episode(4);
        using var still = optim.SGD(net.parameters(), 0);
        using var trainer = Meta(net, still, gated: true, keepEvery: 1);
        trainer.TrainEpisode(episode);
        var gradient = net.parameters().Select(p => p.grad!.clone()).ToList();

        foreach (var (name, parameter) in net.named_parameters())
        {
            var index = net.named_parameters().TakeWhile(p => p.name != name).Count();
            var along = net.parameters().Select((p, i) => i == index ? Unit(p) : zeros_like(p)).ToList();
            var expected = Slope(trainer, net, episode, along);
            gradient[index].reshape(-1)[0].item<double>().Should().BeApproximately(expected, 1e-5 * Math.Max(1e-3, Math.Abs(expected)), name);
        }
    }

    [Fact]
    public void Second_order_differs_from_first_order()
    {
        using var scope = NewDisposeScope();
        Gradient(firstOrder: true).Should().NotEqual(Gradient(firstOrder: false));

        static byte[] Gradient(bool firstOrder)
        {
            var net = new EpisodicNet(gated: false);
            using var still = optim.SGD(net.parameters(), 0);
            using var trainer = new MetaAsbTrainer(net, still, new MetaAsbOptions { InnerLearningRate = InnerRate, FirstOrder = firstOrder });
            trainer.TrainEpisode(new RandomEpisodes().Episode(0));
            return Nets.Bits(net.parameters().First().grad!);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(20)]
    [InlineData(100)]
    public void Kept_weights_cost_memory_and_change_no_bit(int keepEvery)
    {
        using var scope = NewDisposeScope();
        After(keepEvery).Should().BeEquivalentTo(After(1), options => options.WithStrictOrdering());

        static Dictionary<string, byte[]> After(int keepEvery)
        {
            var net = new EpisodicNet(gated: true);
            using var adam = optim.Adam(net.parameters(), 1e-2);
            using var trainer = Meta(net, adam, gated: true, keepEvery);
            trainer.Fit(new RandomEpisodes(), 3);
            return Nets.Bits(net);
        }
    }

    private static MetaAsbTrainer Meta(EpisodicNet net, optim.Optimizer outer, bool gated, int keepEvery) => new(net, outer, new MetaAsbOptions
    {
        InnerLearningRate = InnerRate,
        InnerParameters = gated ? EpisodicNet.Moving : ParameterFilter.All,
        WeightSnapshotInterval = keepEvery,
    });

    /// <summary>The derivative of theta_0 to L_outer(theta_20) along a direction. The outer optimizer stands still.</summary>
    private static double Slope(MetaAsbTrainer trainer, EpisodicNet net, Episode episode, List<Tensor> along)
    {
        const double Step = 1e-7; // short enough to lie on one side of every ReLU's and pooling's kink
        Move(Step);
        var ahead = trainer.TrainEpisode(episode);
        Move(-2 * Step);
        var behind = trainer.TrainEpisode(episode);
        Move(Step);
        return (ahead - behind) / (2 * Step);

        void Move(double by)
        {
            using var noGrad = no_grad();
            foreach (var (parameter, direction) in net.parameters().Zip(along))
            {
                parameter.add_(direction, by);
            }
        }
    }

    private static List<Tensor> Direction(EpisodicNet net, ulong seed)
    {
        using var generator = new Generator(seed);
        return [.. net.parameters().Select(p => randn(p.shape, ScalarType.Float64, generator: generator))];
    }

    private static Tensor Unit(Parameter parameter)
    {
        var unit = zeros_like(parameter);
        unit.view(-1)[0] = tensor(1.0);
        return unit;
    }
}
