using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Data;

/// <summary>However an epoch ends, no tensor of it is left.</summary>
[Collection(AloneCollection.Name)]
public sealed class StreamMemoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(int.MaxValue)]
    public void Epochs_that_are_read_to_the_end_or_abandoned_leave_nothing(int batches)
    {
        using var data = rand(30, 2);
        using var labels = zeros(30, ScalarType.Int64);
        var shuffled = new ShuffledBatches(data, labels, 4);

        Left(shuffled, batches).Should().Be(0);
        Left(shuffled.Prefetch(CPU), batches).Should().Be(0);
        Left(shuffled.Prefetch(CPU, ahead: 20), batches).Should().Be(0);
    }

    [Fact]
    public void An_abandoned_source_has_finished_when_the_enumeration_ends()
    {
        var source = new PrefetchTests.Source(batches: 1_000);

        Left(source.Prefetch(CPU, ahead: 3), batches: 5).Should().Be(0);

        source.Finished.Should().BeTrue();
        source.Made.Should().BeInRange(5, 8);
    }

    [Fact]
    public void A_failing_source_leaves_nothing()
    {
        var source = new PrefetchTests.Source(batches: 6, new InvalidOperationException("no more"));

        Left(source.Prefetch(CPU, ahead: 10), batches: 2).Should().Be(0, "the exception belongs to a batch that nobody has asked for");
    }

    private static long Left(IBatchSource source, int batches)
    {
        var before = LiveTensors.BeforeTest();
        using (var epoch = source.Epoch(0).GetEnumerator())
        {
            for (var i = 0; i < batches; i++)
            {
                using var step = NewDisposeScope();
                if (!epoch.MoveNext())
                {
                    break;
                }
            }
        }

        // what a source that is no part of the library has made is the garbage collector's to free
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount - before;
    }
}
