using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Optimizers;
using Zapping.Training.Rehearsal;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Rehearsal;

/// <summary>What replay buffers keep, draw and bring through a checkpoint.</summary>
public sealed class BufferTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();

    public static TheoryData<string> All => ["reservoir", "balanced", "ring"];

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_reservoir_keeps_each_example_with_the_same_probability()
    {
        // 40 examples, 10 places, 2,000 buffers: each is kept 500 times, with a standard deviation of about 19
        var kept = new int[40];
        for (ulong seed = 0; seed < 2_000; seed++)
        {
            using var scope = NewDisposeScope();
            using var buffer = new ReservoirBuffer(10, seed);
            Offer(buffer, Enumerable.Range(0, 40).Select(i => (long)i), batchSize: 7);
            foreach (var label in Held(buffer))
            {
                kept[label]++;
            }
        }

        kept.Sum().Should().Be(20_000);
        kept.Should().OnlyContain(count => Math.Abs(count - 500) < 95, "five standard deviations");
    }

    [Fact]
    public void A_balanced_buffer_has_as_many_of_each_class_however_unequal_the_stream()
    {
        using var buffer = new ClassBalancedBuffer(30, seed: 1);
        Offer(buffer, [.. Enumerable.Repeat(0L, 500), .. Enumerable.Repeat(1L, 12), .. Enumerable.Repeat(2L, 200), .. Enumerable.Repeat(3L, 3)], batchSize: 16);

        buffer.Count.Should().Be(30);
        buffer.CountByClass[3].Should().Be(3, "there were no more");
        buffer.CountByClass.Where(own => own.Key != 3).Select(own => own.Value).Should().AllSatisfy(count => count.Should().BeInRange(8, 10));
    }

    [Fact]
    public void A_ring_keeps_the_last_of_each_class()
    {
        using var buffer = new RingBuffer(3);
        for (var i = 0; i < 10; i++)
        {
            buffer.Add(new LabeledBatch(tensor(new[] { (float)i, 100 + i }).reshape(2, 1), tensor(new[] { 0L, 1L })));
        }

        var all = buffer.Sample(100, 0);
        all.Inputs.data<float>().Order().Should().Equal(7, 8, 9, 107, 108, 109);
        all.Inputs.data<float>().Zip(all.Labels.data<long>()).Should().OnlyContain(pair => (pair.First >= 100) == (pair.Second == 1));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_same_draw_gives_the_same_examples_without_repetition_and_another_one_others(string kind)
    {
        using var buffer = (IDisposable)Make(kind);
        var own = (IReplayBuffer)buffer;
        own.Invoking(empty => empty.Sample(1, 0)).Should().Throw<InvalidOperationException>();
        Offer(own, Enumerable.Range(0, 12).Select(i => (long)(i % 4)), batchSize: 5);

        var (first, again, other) = (own.Sample(6, 3), own.Sample(6, 3), own.Sample(6, 4));

        first.Inputs.data<float>().Should().OnlyHaveUniqueItems().And.HaveCount(6);
        Nets.Bits(first.Inputs).Should().Equal(Nets.Bits(again.Inputs));
        Nets.Bits(first.Inputs).Should().NotEqual(Nets.Bits(other.Inputs));
        own.Sample(1_000, 0).Count.Should().Be(own.Count);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void One_that_is_loaded_goes_on_as_the_one_that_was_saved(string kind)
    {
        var (saved, loaded) = (Make(kind), Make(kind));
        Offer(saved, Enumerable.Range(0, 50).Select(i => (long)(i % 7)), batchSize: 6);
        loaded.Load(saved.Save().ToDictionary(own => own.Key, own => own.Value, StringComparer.Ordinal));

        foreach (var buffer in new[] { saved, loaded })
        {
            Offer(buffer, Enumerable.Range(0, 31).Select(i => (long)(i % 9)), batchSize: 4);
        }

        saved.Save().Select(own => own.Key).Should().Equal(loaded.Save().Select(own => own.Key));
        foreach (var ((name, one), (_, other)) in saved.Save().Zip(loaded.Save()))
        {
            Nets.Bits(one).Should().Equal(Nets.Bits(other), name);
        }

        Nets.Bits(saved.Sample(5, 9).Inputs).Should().Equal(Nets.Bits(loaded.Sample(5, 9).Inputs));
        ((IDisposable)saved).Dispose();
        ((IDisposable)loaded).Dispose();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Nonsense_is_refused_and_nothing_is_changed(string kind)
    {
        using var owned = (IDisposable)Make(kind);
        var buffer = (IReplayBuffer)owned;
        Offer(buffer, [1, 2, 3], batchSize: 3);
        var before = Nets.Bits(buffer.Sample(3, 0).Inputs);

        buffer.Invoking(own => own.Load(new Dictionary<string, Tensor>(StringComparer.Ordinal))).Should().Throw<InvalidDataException>();
        buffer.Invoking(own => own.Add(new LabeledBatch(zeros(2, 9), zeros(2, ScalarType.Int64)))).Should().Throw<ArgumentException>();

        Nets.Bits(buffer.Sample(3, 0).Inputs).Should().Equal(before);
    }

    [Fact]
    public void Labels_that_a_buffer_cannot_take_are_refused_before_the_step()
    {
        using var net = Nets.Small();
        using var sgd = new FusedSgd(net.parameters(), 0.1);
        using var buffer = new ClassBalancedBuffer(4);
        using var trainer = new ContinualTrainer(net, sgd, (outputs, soft) => nn.functional.cross_entropy(outputs, soft)).UseReplay(buffer);
        var before = Nets.Bits(net);

        trainer.Invoking(own => own.TrainStep(randn(4, 6), rand(4, Nets.Units).softmax(1))).Should().Throw<ArgumentException>().WithMessage("*class ids*");

        Nets.Bits(net).Should().BeEquivalentTo(before);
        trainer.State.Steps.Should().Be(0);
    }

    private static IReplayBuffer Make(string kind) => kind switch
    {
        "reservoir" => new ReservoirBuffer(8, seed: 2),
        "balanced" => new ClassBalancedBuffer(8, seed: 2),
        _ => new RingBuffer(2, seed: 2),
    };

    private static void Offer(IReplayBuffer buffer, IEnumerable<long> labels, int batchSize)
    {
        var number = 0;
        foreach (var chunk in labels.Chunk(batchSize))
        {
            buffer.Add(new LabeledBatch(tensor(chunk.Select(_ => (float)number++).ToArray()).reshape(-1, 1), tensor(chunk)));
        }
    }

    private static long[] Held(ReservoirBuffer buffer) => buffer.Sample(buffer.Count, 0).Labels.data<long>().ToArray();
}
