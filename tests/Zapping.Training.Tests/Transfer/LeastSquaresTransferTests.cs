using FluentAssertions;
using Xunit;
using Zapping.Training.Heads;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Transfer;
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
        using var features = task.ExtractFeatures(net, Nets.Head);
        using var expected = LeastSquaresHead.Solve(features.Support, arange(6).repeat_interleave(10), Nets.Units);

        var result = LeastSquaresTransfer.Run(net, task, new TransferOptions { Head = Nets.Head });

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
    public void The_fresh_start_and_the_classifier_there_was_do_not_matter()
    {
        using var scope = NewDisposeScope();
        using var task = new TransferTask(randn(60, 6), randn(24, 6), 6);
        var (first, second) = (Nets.Small(), Nets.Small());
        using (no_grad())
        {
            Nets.HeadOf(second).weight.fill_(7);
        }

        LeastSquaresTransfer.Run(first, task, new TransferOptions { Head = Nets.Head, HeadInitializer = null });
        LeastSquaresTransfer.Run(second, task, new TransferOptions { Head = Nets.Head, HeadInitializer = Initializer.Zeros(), Seed = 3 });

        Nets.Bits(second).Should().BeEquivalentTo(Nets.Bits(first));
    }

    [Fact]
    public void A_classifier_with_too_few_units_grows_to_the_solution_for_all_classes()
    {
        using var scope = NewDisposeScope();
        using var task = new TransferTask(randn(40, 6), randn(20, 6), 10);
        var net = Nets.Small();
        using var features = task.ExtractFeatures(net, Nets.Head);
        using var expected = LeastSquaresHead.Solve(features.Support, arange(10).repeat_interleave(4), 10);

        var result = LeastSquaresTransfer.Run(net, task, new TransferOptions { Head = Nets.Head });

        Nets.HeadOf(net).out_features.Should().Be(10);
        Nets.Bits(Nets.HeadOf(net).weight).Should().Equal(Nets.Bits(expected.Weight));
        Nets.Bits(Nets.HeadOf(net).bias!).Should().Equal(Nets.Bits(expected.Bias));
        result.Final.Query.Hits.Should().HaveCount(10);
    }

    [Theory]
    [InlineData(ClassMask.All, 0)]
    [InlineData(ClassMask.Task, 1)]
    public void Units_of_no_class_are_predicted_only_where_all_take_part(ClassMask units, int hits)
    {
        // Of minimum norm with w * 1 + b = 1 are w = b = 1/2: at -3 the only class has -1, and idle units have 0.
        using var scope = NewDisposeScope();
        using var task = new TransferTask(full([1, 1], 1f), full([1, 1], -3f), 1);

        var result = LeastSquaresTransfer.Run(Linear(1, 5), task, new TransferOptions { ClassMask = units });

        result.Final.Query.Hits.Should().Equal(hits);
        result.Final.Support!.Hits.Should().Equal(1);
    }

    [Fact]
    public void A_layer_with_something_behind_it_is_refused() => Refused<NotSupportedException>(
        Sequential(("head", Linear(6, 8)), ("tanh", Tanh())), randn(12, 6), "The output of * is not that of its classifier for each example, so *");

    [Fact]
    public void A_classifier_that_is_no_linear_layer_is_refused() => Refused<NotSupportedException>(
        Sequential(("head", Conv2d(6, 8, 1))), randn(12, 6, 1, 1), "The classifier of * is no Linear layer of it, so *");

    [Fact]
    public void A_classifier_without_bias_is_refused() => Refused<NotSupportedException>(
        Sequential(("head", Linear(6, 8, hasBias: false))), randn(12, 6), "The classifier of * has no bias, and *");

    [Fact]
    public void Inputs_that_are_no_vectors_of_features_are_refused() => Refused<NotSupportedException>(
        Sequential(("head", Linear(6, 8))), randn(12, 3, 6), "The output of * is not that of its classifier for each example, so *");

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    public void Features_that_are_no_numbers_are_refused(int example)
    {
        using var scope = NewDisposeScope();
        var support = randn(12, 6);
        support[example] = float.NaN;
        Refused<ArgumentException>(Sequential(("head", Linear(6, 8))), support, "A feature is NaN or infinite, so there is no solution.*");
    }

    // Twelve classes, so that a classifier of eight would have to grow.
    private static void Refused<TException>(Module<Tensor, Tensor> net, Tensor support, string message)
        where TException : Exception
    {
        using var scope = NewDisposeScope();
        using var task = new TransferTask(support, support.clone(), 12);
        net.train();
        var before = Nets.Bits(net);

        var run = () => LeastSquaresTransfer.Run(net, task, new TransferOptions { Head = Nets.Head });

        run.Should().Throw<TException>().WithMessage(message);
        Nets.Bits(net).Should().BeEquivalentTo(before, "it is neither reset nor grown");
        net.training.Should().BeTrue();
        net.parameters().Should().OnlyContain(parameter => parameter.requires_grad);
        net.Dispose();
    }
}
