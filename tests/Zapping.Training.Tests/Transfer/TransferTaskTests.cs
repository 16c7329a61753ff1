using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Transfer;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Transfer;

public sealed class TransferTaskTests
{
    [Fact]
    public void A_draw_takes_its_examples_from_labeled_data_in_whatever_order_that_lies()
    {
        using var scope = NewDisposeScope();
        long[] labels = [2, 0, 1, 0, 2, 1, 0, 1, 2];
        var values = arange(9, ScalarType.Float32).unsqueeze(1);
        var draw = new TransferDraw(0, [2, 0], [[1, 0], [2, 0]], [[2], [1]]);

        using var task = TransferTask.Create(draw, new LabeledBatch(values, tensor(labels)));

        task.ClassCount.Should().Be(2);
        task.Support.data<float>().ToArray().Should().Equal(4, 0, 6, 1);
        task.Query.data<float>().ToArray().Should().Equal(8, 3);
        (task.SupportExamples, task.QueryExamples).Should().Be((2, 1));
    }

    [Fact]
    public void Data_that_lacks_an_example_is_refused()
    {
        using var scope = NewDisposeScope();
        var draw = new TransferDraw(0, [3], [[0]], [[1]]);
        var make = () => TransferTask.Create(draw, new LabeledBatch(zeros(2, 1), tensor(new long[] { 3, 0 })));
        make.Should().Throw<ArgumentException>().WithMessage("The data has no example 1 of class 3, which the draw asks for.*");
    }

    [Fact]
    public void Examples_must_be_as_many_for_each_class()
    {
        using var scope = NewDisposeScope();
        var uneven = () => new TransferTask(zeros(7, 2), zeros(4, 2), 2);
        uneven.Should().Throw<ArgumentException>().WithMessage("The support examples [7, 2] must be as many for each of 2 classes.*");
        var none = () => new TransferTask(zeros(4, 2), zeros(0, 2), 2);
        none.Should().Throw<ArgumentException>().WithMessage("The query examples*");
    }

    [Fact]
    public void Features_are_what_reaches_the_classifier_example_by_example_in_eval_mode()
    {
        using var scope = NewDisposeScope();
        var body = Linear(6, 5);
        var net = Sequential(("body", body), ("drop", Dropout(0.5)), ("head", Linear(5, 8)));
        net.train();
        using var task = new TransferTask(randn(8, 6), randn(4, 6), 2);

        using var features = task.ExtractFeatures(net, HeadSelector.ByName("head"), batchSize: 3);

        features.Support.shape.Should().Equal(8, 5);
        (features.Support.narrow(0, 7, 1) - body.call(task.Support.narrow(0, 7, 1))).abs().max().item<float>().Should().BeLessThan(1e-6f);
        features.Query.requires_grad.Should().BeFalse();
        net.training.Should().BeTrue("the model is not changed");
        net.call(task.Support).shape.Should().Equal([8, 8], "and its hook is gone");
    }

    [Fact]
    public void Something_behind_the_classifier_or_a_classifier_that_is_no_linear_layer_is_refused()
    {
        using var scope = NewDisposeScope();
        using var task = new TransferTask(randn(4, 6), randn(2, 6), 2);
        var scaled = Sequential(("head", Linear(6, 8)), ("tanh", Tanh()));
        var encode = () => task.ExtractFeatures(scaled, HeadSelector.ByName("head"));
        encode.Should().Throw<NotSupportedException>().WithMessage("The output of *Sequential* is not that of its classifier*");
        scaled.training.Should().BeTrue();

        var weight = Parameter(randn(8, 6));
        var odd = () => task.ExtractFeatures(Nets.Small(), HeadSelector.Parameter(() => weight));
        odd.Should().Throw<NotSupportedException>().WithMessage("The classifier of *Sequential* is no Linear layer of it*");
    }

    [Fact]
    public void Outputs_that_are_only_cast_are_the_classifier_s()
    {
        using var scope = NewDisposeScope();
        using var task = new TransferTask(randn([4, 6], ScalarType.BFloat16), randn([2, 6], ScalarType.BFloat16), 2);
        var net = Sequential(("head", Linear(6, 8, dtype: ScalarType.BFloat16)), ("cast", new ToSingle()));

        using var features = task.ExtractFeatures(net, Nets.Head);

        Nets.Bits(features.Support).Should().Equal(Nets.Bits(task.Support));
    }

    private sealed class ToSingle() : Module<Tensor, Tensor>(nameof(ToSingle))
    {
        public override Tensor forward(Tensor input) => input.to(ScalarType.Float32);
    }
}
