using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Trainers;

/// <summary>Trainers of all kinds on threads of their own give the bits that each gives alone.</summary>
[Collection(AloneCollection.Name)]
public sealed class SideBySideTests
{
    [Fact]
    public void Side_by_side_is_as_alone()
    {
        random.manual_seed(5);
        using var first = rand(3);
        var expected = Nets.Bits(first);
        var alone = Array.ConvertAll(Made(), run => run.Go());
        for (var round = 0; round < 3; round++)
        {
            var runs = Made(); // layers draw their first weights from the global generator
            random.manual_seed(5);
            using var scope = NewDisposeScope();
            var together = new byte[runs.Length][];
            var threads = runs.Select((run, i) => new Thread(() => together[i] = run.Go())).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());

            together.Should().BeEquivalentTo(alone, options => options.WithStrictOrdering());
            scope.DisposablesCount.Should().Be(0, "a scope of this thread takes nothing from others");
            using var drawn = rand(3);
            Nets.Bits(drawn).Should().Equal(expected, "the global generator is nobody's");
        }
    }

    private static Run[] Made() =>
    [
        new(Nets.Small(seed: 1), net => Epochs(net, 1)),
        new(Nets.Small(seed: 2), net => Epochs(net, 2)),
        new(new EpisodicNet(gated: false), net => Episodes(new AsbTrainer(net, optim.Adam(net.parameters(), 0.01)))),
        new(new EpisodicNet(gated: false), net => Episodes(new MetaAsbTrainer(net, optim.Adam(net.parameters(), 0.01)))),
        new(Nets.Small(seed: 3), Resets),
    ];

    private static void Epochs(nn.Module<Tensor, Tensor> net, ulong seed)
    {
        using var data = new ContinualTrainerTests.Data();
        using var optimizer = optim.Adam(net.parameters(), 0.01);
        using var trainer = new ContinualTrainer(net, optimizer).UseZapping(new ResetSchedule(BoundaryKind.EpochBoundary) { Seed = seed }, o => o.Head = Nets.Head);
        trainer.Fit(new ShuffledBatches(data.Inputs, data.Labels, 3, seed), epochs: 20);
    }

    private static void Episodes(EpisodicTrainer trainer)
    {
        using var scope = NewDisposeScope();
        using (trainer)
        {
            trainer.UseZapping(BoundaryKind.ClassBoundary, o => o.Head = Nets.Head);
            trainer.Fit(new RandomEpisodes(inner: 5, remember: 5), 4);
        }

        trainer.Optimizers.Should().ContainSingle().Which.Dispose();
    }

    private static void Resets(nn.Module<Tensor, Tensor> net)
    {
        var scheduler = Nets.Scheduler(net, new ShrinkAndPerturbPolicy(), seed: 9);
        for (var i = 0; i < 200; i++)
        {
            scheduler.Signal(BoundaryKind.ClassBoundary, i % Nets.Units);
        }
    }

    private sealed record Run(nn.Module<Tensor, Tensor> Net, Action<nn.Module<Tensor, Tensor>> Train)
    {
        public byte[] Go()
        {
            Train(Net);
            var bits = Nets.Bits(Nets.HeadOf(Net).weight);
            Net.Dispose();
            return bits;
        }
    }
}
