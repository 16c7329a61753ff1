using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Resets;

/// <summary>At a boundary the gradients of the step before are there, as the optimizers have used them, also behind a resume.</summary>
public sealed class LastGradientTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-gradients-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(null, null)]
    [InlineData(2, null)]
    [InlineData(2, 0.01)]
    public void They_are_those_of_the_whole_batch_clipped(int? microBatch, double? clip)
    {
        using var scope = NewDisposeScope();
        using var run = new Run(reads: true, microBatch, clip);
        run.Go(4);
        run.Seen.Should().HaveCount(4);
        run.Seen[0].Should().BeEmpty("no step has been made");
        for (var step = 1; step < 4; step++)
        {
            run.Seen[step].Should().Equal(run.Used[step - 1]);
        }
    }

    [Fact]
    public void They_come_through_a_checkpoint_where_a_policy_reads_them()
    {
        using var scope = NewDisposeScope();
        using var whole = new Run(reads: true);
        whole.Go(6);
        using (var first = new Run(reads: true))
        using (var store = new CheckpointStore(_folder.FullName))
        {
            first.Go(3);
            File.Exists(Path.Combine(store.Save(first.Trainer).Path, "gradients.safetensors")).Should().BeTrue();
        }

        using var second = new Run(reads: true);
        using (var store = new CheckpointStore(_folder.FullName))
        {
            store.Resume(second.Trainer)!.Steps.Should().Be(3);
        }

        second.Go(6);
        second.Seen.Select(bits => Convert.ToHexString(bits)).Should().Equal(whole.Seen.Skip(3).Select(bits => Convert.ToHexString(bits)));
    }

    [Fact]
    public void Without_such_a_policy_a_checkpoint_is_not_larger()
    {
        using var scope = NewDisposeScope();
        using var run = new Run(reads: false);
        using var store = new CheckpointStore(_folder.FullName);
        run.Go(3);
        File.Exists(Path.Combine(store.Save(run.Trainer).Path, "gradients.safetensors")).Should().BeFalse();
    }

    private sealed class Reader(bool reads, Action<ResetContext> look) : IResetPolicy
    {
        public bool ReadsGradients => reads;

        public void Apply(ResetContext context) => look(context);
    }

    private sealed class Run : IDisposable
    {
        private readonly Sequential _net = Nets.Small();
        private readonly optim.Optimizer _sgd;
        private readonly LabeledBatch[] _batches;

        public Run(bool reads, int? microBatch = null, double? clip = null)
        {
            using var generator = new Generator(5);
            _batches = [.. Enumerable.Range(0, 8).Select(_ => new LabeledBatch(randn([4, 6], generator: generator), randint(0, Nets.Units, [4], generator: generator)))];
            _sgd = optim.SGD(_net.parameters(), 0.1);
            Trainer = new ContinualTrainer(_net, _sgd).UseReset(BoundaryKind.StepBoundary, new Reader(reads, _ => Seen.Add(Gradient(_net))));
            Trainer.OnStep(_ => Used.Add(Gradient(_net)));
            if (microBatch is { } size)
            {
                Trainer.UseGradientAccumulation(size);
            }

            if (clip is { } norm)
            {
                Trainer.UseGradientClipping(norm);
            }
        }

        public ContinualTrainer Trainer { get; }

        public List<byte[]> Seen { get; } = [];

        public List<byte[]> Used { get; } = [];

        public void Go(int steps)
        {
            while (Trainer.State.Steps < steps)
            {
                Trainer.TrainStep(_batches[Trainer.State.Steps]);
            }
        }

        public void Dispose()
        {
            Trainer.Dispose();
            _sgd.Dispose();
            _net.Dispose();
        }

        private static byte[] Gradient(Module net) =>
            [.. net.named_parameters().SelectMany(own => own.parameter.grad is { } gradient ? Nets.Bits(gradient) : [])];
    }
}
