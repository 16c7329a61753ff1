using FluentAssertions;
using Xunit;
using Zapping.Training.Heads;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Transfer;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Transfer;

/// <summary>Ten classes for classifiers of eight units.</summary>
public sealed class TransferGrowthTests
{
    [Theory]
    [InlineData("sequential", true)]
    [InlineData("sequential", false)]
    [InlineData("iid", true)]
    [InlineData("iid", false)]
    public void A_classifier_with_too_few_units_grows(string protocol, bool headOnly)
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        var (first, second) = (Nets.Small(), Nets.Small());
        var trains = headOnly ? TrainableParameters.Head : TrainableParameters.All;

        var result = Run(protocol, first, task, trains);

        Nets.HeadOf(first).weight.shape.Should().Equal(10, Nets.Features);
        Nets.HeadOf(first).out_features.Should().Be(10);
        result.Final.Query.Hits.Should().HaveCount(10);
        Run(protocol, second, task, trains).Should().BeEquivalentTo(result, "growing is seeded");
        Nets.Bits(second).Should().BeEquivalentTo(Nets.Bits(first));
    }

    [Fact]
    public void A_classifier_that_is_not_reset_keeps_its_rows_and_gets_new_ones_of_the_seed()
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        using var grown = Nets.Small();
        HeadGrowth.Grow(grown, Nets.Head, 10, [], new HeadGrowthOptions { Seed = 4 });
        var net = Nets.Small();

        SequentialTransfer.Run(net, task, new SequentialTransferOptions { Head = Nets.Head, HeadInitializer = null, LearningRate = 0, Seed = 4 });

        Nets.Bits(net).Should().BeEquivalentTo(Nets.Bits(grown));
    }

    [Fact]
    public void A_classifier_grown_beforehand_keeps_its_size_and_all_of_it_takes_part_in_the_softmax()
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        using var net = Nets.Small();
        HeadGrowth.Grow(net, Nets.Head, 12, []);

        SequentialTransfer.Run(net, task, new SequentialTransferOptions { Head = Nets.Head, LearningRate = 0.01 });

        Nets.HeadOf(net).weight.shape.Should().Equal(12, Nets.Features);
        Nets.HeadOf(net).bias!.narrow(0, 10, 2).detach().data<float>().ToArray().Should().OnlyContain(bias => bias < 0, "no example is of these two");
    }

    [Fact]
    public void A_classifier_that_is_told_by_its_units_grows_too()
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        var (byUnits, byName) = (Nets.Small(), Nets.Small());

        var result = SequentialTransfer.Run(byUnits, task, new SequentialTransferOptions { Head = HeadSelector.Single(Nets.Units) });

        result.Should().BeEquivalentTo(SequentialTransfer.Run(byName, task, new SequentialTransferOptions { Head = Nets.Head }));
        Nets.Bits(byUnits).Should().BeEquivalentTo(Nets.Bits(byName));
    }

    [Fact]
    public void A_classifier_that_cannot_be_told_is_refused_with_the_candidates_and_nothing_is_written()
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        var net = Nets.Small();
        var before = Nets.Bits(net);

        foreach (var run in new Action[]
        {
            () => SequentialTransfer.Run(net, task),
            () => IidTransfer.Run(net, task),
            () => LeastSquaresTransfer.Run(net, task),
        })
        {
            run.Should().Throw<InvalidOperationException>()
                .WithMessage("*has 2 Linear layers*candidates are 'body' (Linear, 5 units), 'head' (Linear, 8 units).*");
        }

        Nets.Bits(net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void What_is_cancelled_while_features_are_made_has_written_nothing()
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        using var source = new CancellationTokenSource();
        source.Cancel();
        var net = Nets.Small();
        var options = new SequentialTransferOptions { Head = Nets.Head, Trainable = TrainableParameters.Head };

        var run = () => SequentialTransfer.Run(net, task, options, cancellationToken: source.Token);

        run.Should().Throw<OperationCanceledException>();
        Nets.Bits(net).Should().BeEquivalentTo(Nets.Bits(Nets.Small()));
    }

    private static TransferTask Task() => new(randn(20, 6), randn(10, 6), 10);

    private static TransferResult Run(string protocol, Module<Tensor, Tensor> net, TransferTask task, TrainableParameters trains) =>
        protocol == "sequential"
            ? SequentialTransfer.Run(net, task, new SequentialTransferOptions { Head = Nets.Head, Trainable = trains, EvaluationPeriod = 2 })
            : IidTransfer.Run(net, task, new IidTransferOptions { Head = Nets.Head, Trainable = trains, BatchSize = 8 });
}
