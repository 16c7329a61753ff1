using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Randomness;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Data;

public sealed class ShuffledBatchesTests
{
    [Theory]
    [InlineData(10, 3)]
    [InlineData(9, 3)]
    [InlineData(2, 5)]
    public void Every_example_comes_once_an_epoch_with_its_label(int count, int batchSize)
    {
        using var scope = NewDisposeScope();
        var batches = new ShuffledBatches(arange(count).reshape(-1, 1), arange(count) + 100, batchSize, seed: 1);

        var epoch = batches.Epoch(0).ToList();

        epoch.Should().HaveCount((int)batches.BatchesPerEpoch!.Value);
        epoch.SkipLast(1).All(batch => batch.Inputs.shape[0] == batchSize).Should().BeTrue();
        var inputs = epoch.SelectMany(batch => batch.Inputs.reshape(-1).data<long>().ToArray()).ToList();
        inputs.Order().Should().Equal(Enumerable.Range(0, count).Select(i => (long)i));
        epoch.SelectMany(batch => batch.Labels.data<long>().ToArray()).Should().Equal(inputs.Select(i => i + 100));
    }

    [Fact]
    public void The_order_is_a_function_of_seed_and_epoch()
    {
        using var scope = NewDisposeScope();
        var inputs = arange(50);
        long[] Order(ulong seed, long epoch) =>
            [.. new ShuffledBatches(inputs, inputs, 7, seed).Epoch(epoch).SelectMany(batch => batch.Labels.data<long>().ToArray())];

        Order(1, 0).Should().Equal(Order(1, 0)).And.NotEqual(Order(1, 1)).And.NotEqual(Order(2, 0));
    }

    [Fact]
    public void Batches_are_slices_of_the_order_from_the_first_batch_on_whatever_scope_is_open() => Gen.Select(
        Gen.Int[1, 40], Gen.Int[1, 12], Gen.ULong, Gen.Long[0, 1_000], Gen.Int[0, 5]).Sample(
        (count, batchSize, seed, epoch, firstBatch) =>
        {
            using var scope = NewDisposeScope();
            var inputs = arange(count);
            var order = new RandomStream(StableHash.Mix(seed, (ulong)epoch), "order").Permutation(count);
            var read = new List<long[]>();

            using var batches = new ShuffledBatches(inputs, inputs, batchSize, seed).Epoch(epoch, firstBatch).GetEnumerator();
            for (var more = true; more;)
            {
                using var step = NewDisposeScope();
                more = batches.MoveNext();
                if (more)
                {
                    read.Add([.. batches.Current.Inputs.data<long>()]);
                }
            }

            read.Should().BeEquivalentTo(
                order.Select(i => (long)i).Chunk(batchSize).Skip(firstBatch), options => options.WithStrictOrdering());
        },
        iter: 200);

    [Fact]
    public void A_batch_beyond_all_measure_is_all_of_the_data()
    {
        using var scope = NewDisposeScope();
        var source = new ShuffledBatches(zeros(3, 2), zeros(3, ScalarType.Int64), int.MaxValue);

        source.BatchesPerEpoch.Should().Be(1);
        source.Epoch(0).Should().ContainSingle().Which.Labels.size(0).Should().Be(3);
        source.Epoch(0, firstBatch: 2).Should().BeEmpty();
        source.Epoch(0, firstBatch: long.MaxValue).Should().BeEmpty();
    }

    [Fact]
    public void An_epoch_or_a_batch_before_the_first_is_refused_before_it_is_read()
    {
        using var scope = NewDisposeScope();
        var source = new ShuffledBatches(zeros(3, 2), zeros(3, ScalarType.Int64), 2);

        source.Invoking(s => s.Epoch(-1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("epoch");
        source.Invoking(s => s.Epoch(0, -1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("firstBatch");
    }

    [Fact]
    public void Data_that_do_not_fit_together_are_refused()
    {
        using var scope = NewDisposeScope();
        FluentActions.Invoking(() => new ShuffledBatches(zeros(3, 2), zeros(4, ScalarType.Int64), 2))
            .Should().Throw<ArgumentException>().WithMessage("*[3, 2]*[4]*");
        FluentActions.Invoking(() => new ShuffledBatches(zeros(0, 2), zeros(0, ScalarType.Int64), 2)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new ShuffledBatches(zeros(3, 2), zeros(3, ScalarType.Int64), 0)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
