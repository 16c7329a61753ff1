using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Trainers;

[Collection(AloneCollection.Name)]
public sealed class TrainerMemoryTests
{
    [Fact]
    public void Ten_thousand_steps_with_zapping_leave_live_tensors_and_the_managed_heap_flat()
    {
        using var data = new ContinualTrainerTests.Data();
        using var net = Nets.Small();
        using var optimizer = optim.Adam(net.parameters());
        using var trainer = new ContinualTrainer(net, optimizer)
            .UseZapping(every: BoundaryKind.ClassBoundary, o => (o.Head, o.OptimizerState) = (Nets.Head, OptimizerStateReset.Slice));
        var tasks = Enumerable.Range(0, Nets.Units).Select(c => data.Class(c, 5)).ToArray();
        void Train(int steps)
        {
            for (var i = 0; i < steps / (5 * tasks.Length); i++)
            {
                trainer.Fit([new TrainingTask(tasks)], batchSize: 1);
            }
        }

        Train(400);
        var (tensors, heap) = Now();
        Train(10_000);
        var (tensorsAfter, heapAfter) = Now();

        trainer.State.Steps.Should().Be(10_400);
        tensorsAfter.Should().BeLessThanOrEqualTo(tensors);
        (heapAfter - heap).Should().BeLessThan(256 * 1024);

        static (long, long) Now()
        {
            for (var i = 0; i < 2; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            return (Tensor.TotalCount, GC.GetTotalMemory(forceFullCollection: true));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folded_layer_keeps_no_tensors_of_episodes_nor_of_forward_passes_besides(bool meta)
    {
        using var net = new EpisodicNet(gated: false);
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        using EpisodicTrainer trainer = meta
            ? new MetaAsbTrainer(net, optimizer, new MetaAsbOptions { FusedUpdateLayer = Nets.HeadOf(net), WeightSnapshotInterval = 5 })
            : new AsbTrainer(net, optimizer, new AsbOptions { FusedUpdateLayer = Nets.HeadOf(net) });
        using var images = rand([3, 1, 6, 6], ScalarType.Float64);
        trainer.Fit(new RandomEpisodes(), episodes: 1);
        var before = Tensor.TotalCount;
        trainer.Fit(new RandomEpisodes(), episodes: 5);
        using (NewDisposeScope())
        {
            net.call(images);
            net.call(images);
        }

        Tensor.TotalCount.Should().BeLessThanOrEqualTo(before);
    }
}
