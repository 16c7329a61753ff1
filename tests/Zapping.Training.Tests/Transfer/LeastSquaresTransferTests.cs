using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Transfer;

public sealed class LeastSquaresTransferTests
{
    [Fact]
    public void The_classifier_is_the_solution_on_the_features_of_the_support_examples()
    {
        using var scope = NewDisposeScope();
        using var task = new TransferTask(randn(60, 6), randn(24, 6), 6);
        using var net = Nets.Small();
        net.train();
        using var features = task.Encode(net, Nets.Head);
        using var expected = LeastSquaresHead.Solve(features.Support, arange(6).repeat_interleave(10), Nets.Units);

        var result = LeastSquaresTransfer.Run(net, task, new LeastSquaresTransferOptions { Head = Nets.Head });

        Nets.Bits(Nets.HeadOf(net).weight).Should().Equal(Nets.Bits(expected.Weight));
        Nets.Bits(Nets.HeadOf(net).bias!).Should().Equal(Nets.Bits(expected.Bias));
        net.training.Should().BeTrue();
        var logits = net.call(task.Query);
        var hits = logits.argmax(1).eq(arange(6).repeat_interleave(4)).reshape(6, 4).sum([1]).data<long>().ToArray();
        result.Evaluations.Should().ContainSingle();
        (result.Final.Steps, result.Final.ClassesSeen).Should().Be((0, 6));
        result.Final.Query.Hits.Should().Equal(hits.Select(h => (int)h));
    }

    [Fact]
    public void Fewer_examples_than_features_are_learned_by_heart()
    {
        using var scope = NewDisposeScope();
        using var task = new TransferTask(randn(12, 40), randn(4, 40), 4);
        using var head = Linear(40, 4);

        LeastSquaresTransfer.Run(head, task).Final.Support!.TopOne.Should().Be(1);

        (head.call(task.Support) - eye(4).repeat_interleave(3, 0)).abs().max().item<float>().Should().BeLessThan(1e-4f);
    }

    [Fact]
    public void What_least_squares_cannot_set_is_refused_and_nothing_is_written()
    {
        using var scope = NewDisposeScope();
        using var task = new TransferTask(randn(12, 6), randn(12, 6), 12);
        using var scaled = Sequential(("head", Linear(6, 8)), ("tanh", Tanh()));
        var before = Nets.Bits(scaled.parameters().First());

        var behind = () => LeastSquaresTransfer.Run(scaled, task);
        behind.Should().Throw<NotSupportedException>().WithMessage("*is not that of its classifier*");
        Nets.Bits(scaled.parameters().First()).Should().Equal(before, "neither reset nor grown");

        using var convolution = Sequential(("head", Conv2d(6, 8, 1)));
        var noLinear = () => LeastSquaresTransfer.Run(convolution, task, new LeastSquaresTransferOptions { Head = HeadSelector.Named("head") });
        noLinear.Should().Throw<NotSupportedException>().WithMessage("*is no Linear layer of it*");
    }
}
