using CsCheck;
using FluentAssertions;
using TorchSharp;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Tests.Trainers;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Data;

/// <summary>Batches that are made beforehand are the same batches, and nothing is left of those that nobody takes.</summary>
public sealed class PrefetchTests
{
    [Fact]
    public void A_device_that_is_not_there_is_refused_when_it_is_asked_for()
    {
        using var scope = NewDisposeScope();
        var source = new ShuffledBatches(rand(4, 6), arange(4), 2);
        source.Invoking(s => s.Prefetch(new Device(TorchSharp.DeviceType.CUDA, 99))).Should().Throw<ArgumentException>().WithMessage("*cuda:99*CUDA devices*");
    }

    [Fact]
    public void The_batches_are_those_of_the_source_in_its_order() => Gen.Select(
        Gen.Int[1, 40], Gen.Int[1, 12], Gen.Int[1, 6], Gen.Long[0, 1_000], Gen.Int[0, 5]).Sample(
        (count, batchSize, ahead, epoch, firstBatch) =>
        {
            using var scope = NewDisposeScope();
            var source = new ShuffledBatches(rand(count, 3), arange(count), batchSize, seed: 7);
            var prefetched = source.Prefetch(CPU, ahead);

            prefetched.BatchesPerEpoch.Should().Be(source.BatchesPerEpoch);
            Bits(prefetched.Epoch(epoch, firstBatch)).Should().BeEquivalentTo(
                Bits(source.Epoch(epoch, firstBatch)), options => options.WithStrictOrdering());
        },
        iter: 100);

    [Fact]
    public void Training_on_them_equals_training_on_the_source_bit_for_bit()
    {
        Train(source => source.Prefetch(CPU)).Should().BeEquivalentTo(Train(source => source));

        static Dictionary<string, byte[]> Train(Func<IBatchSource, IBatchSource> wrap)
        {
            using var data = new ContinualTrainerTests.Data();
            using var net = Nets.Small();
            using var optimizer = optim.Adam(net.parameters(), 0.01);
            using var trainer = new ContinualTrainer(net, optimizer).UseZapping(BoundaryKind.EpochBoundary, zap => zap.Head = Nets.Head);
            trainer.Fit(wrap(new ShuffledBatches(data.Inputs, data.Labels, 4, seed: 1)), epochs: 3);
            return Nets.Bits(net);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void As_many_are_made_beforehand_as_is_said(int ahead)
    {
        using var scope = NewDisposeScope();
        var source = new Source(batches: 20);

        using var batches = source.Prefetch(CPU, ahead).Epoch(0).GetEnumerator();
        source.Made.Should().Be(0, "nobody has asked yet");
        batches.MoveNext();

        SpinWait.SpinUntil(() => source.Made == 1 + ahead, TimeSpan.FromSeconds(10)).Should().BeTrue();
        Thread.Sleep(20);
        source.Made.Should().Be(1 + ahead);
    }

    [Fact]
    public void What_the_source_throws_comes_when_its_batch_is_asked_for()
    {
        using var scope = NewDisposeScope();
        var failure = new OperationCanceledException("no more");
        var source = new Source(batches: 3, failure);
        var read = 0;

        var reading = () =>
        {
            foreach (var batch in source.Prefetch(CPU, ahead: 5).Epoch(0))
            {
                batch.Inputs.item<float>().Should().Be(read++);
            }
        };

        reading.Should().Throw<OperationCanceledException>().Which.Should().BeSameAs(failure);
        read.Should().Be(3);
        source.Finished.Should().BeTrue();
        FluentActions.Invoking(() => new Refusing().Prefetch(CPU).Epoch(0).ToList()).Should().Throw<NotSupportedException>();
    }

    [Fact]
    public void Batches_belong_to_the_scope_in_which_they_are_asked_for_and_the_source_keeps_its_own()
    {
        using var scope = NewDisposeScope();
        var kept = new Kept(new LabeledBatch(ones(2), zeros(2, ScalarType.Int64)));
        Tensor? taken = null;

        using var batches = kept.Prefetch(CPU).Epoch(0).GetEnumerator();
        using (NewDisposeScope())
        {
            batches.MoveNext().Should().BeTrue();
            taken = batches.Current.Inputs;
            taken.IsInvalid.Should().BeFalse();
        }

        taken.IsInvalid.Should().BeTrue();
        kept.Batch.Inputs.IsInvalid.Should().BeFalse();
        batches.MoveNext().Should().BeFalse();
    }

    [Fact]
    public void On_CUDA_they_have_the_same_bits()
    {
        Assert.SkipUnless(cuda.is_available(), "CUDA is not available");
        using var scope = NewDisposeScope();
        var source = new ShuffledBatches(rand(1_000, 64), arange(1_000), 64, seed: 3);

        var prefetched = source.Prefetch(CUDA, ahead: 3).Epoch(0).ToList();

        prefetched.Should().OnlyContain(batch => batch.Inputs.device_type == DeviceType.CUDA && batch.Labels.device_type == DeviceType.CUDA);
        Bits(prefetched).Should().BeEquivalentTo(Bits(source.Epoch(0)), options => options.WithStrictOrdering());
        Bits(new Kept(prefetched[0]).Prefetch(CUDA).Epoch(0)).Should().BeEquivalentTo(Bits(prefetched.Take(1)), "it is there already");
    }

    [Fact]
    public void Misuse_is_named()
    {
        var source = new Source(batches: 1);
        FluentActions.Invoking(() => source.Prefetch(CPU, ahead: 0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => source.Prefetch(null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => ((IBatchSource)null!).Prefetch(CPU)).Should().Throw<ArgumentNullException>();
    }

    private static List<byte[]> Bits(IEnumerable<LabeledBatch> batches) =>
        [.. batches.SelectMany(batch => new[] { Nets.Bits(batch.Inputs), Nets.Bits(batch.Labels) })];

    /// <summary>Batches 0, 1, 2, … of one number each, and then perhaps an exception.</summary>
    internal sealed class Source(int batches, Exception? failure = null) : IBatchSource
    {
        private int _made;

        public int Made => Volatile.Read(ref _made);

        public bool Finished { get; private set; }

        public long? BatchesPerEpoch => batches;

        public IEnumerable<LabeledBatch> Epoch(long epoch, long firstBatch = 0)
        {
            try
            {
                for (var i = 0; i < batches; i++)
                {
                    Interlocked.Increment(ref _made);
                    yield return new LabeledBatch(tensor((float)i), tensor((long)i));
                }

                if (failure is not null)
                {
                    throw failure;
                }
            }
            finally
            {
                Finished = true;
            }
        }
    }

    private sealed record Kept(LabeledBatch Batch) : IBatchSource
    {
        public long? BatchesPerEpoch => 1;

        public IEnumerable<LabeledBatch> Epoch(long epoch, long firstBatch = 0) => [Batch];
    }

    private sealed class Refusing : IBatchSource
    {
        public long? BatchesPerEpoch => null;

        public IEnumerable<LabeledBatch> Epoch(long epoch, long firstBatch = 0) => throw new NotSupportedException();
    }
}
