using FluentAssertions;
using Xunit;
using Zapping.Training.Diagnostics;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Diagnostics;

[Collection(AloneCollection.Name)] // counts live tensors
public sealed class WeightProbeTests
{
    [Fact]
    public void Norms_and_distances_are_those_worked_out_by_hand()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var head = Linear(2, 3);
        head.weight.copy_(tensor(new[,] { { 3f, 4f }, { 0f, 0f }, { 0f, -1f } }));
        head.bias!.copy_(tensor(new[] { 2f, 2f, 1f }));
        using var initial = ParameterSnapshot.Capture(head);
        head.weight[0, 1].add_(8); // [3, 12]
        var probe = new WeightProbe(head, initial: initial);

        var record = probe.Measure();

        record.Parameters.Should().Equal(
            new ParameterNorms("weight", Math.Sqrt(9 + 144 + 1), null, 8), new ParameterNorms("bias", 3, null, 0));
        record.Norm.Should().BeApproximately(Math.Sqrt(9 + 144 + 1 + 9), 1e-12);
        record.Distance.Should().Be(8);
        record.GradientNorm.Should().BeNull();
        record.HeadRows.All.Should().BeEquivalentTo([Math.Sqrt(153), 0, 1], options => options.WithStrictOrdering());
        record.HeadRows.Smallest.Should().Be(0);
        record.HeadRows.Largest.Should().Be(Math.Sqrt(153));
        record.HeadRows.Mean.Should().BeApproximately((Math.Sqrt(153) + 1) / 3, 1e-12);
        new WeightProbe(head).Measure().Distance.Should().BeNull();
    }

    [Fact]
    public void The_spread_of_rows_is_that_of_a_whole_population()
    {
        new RowNorms([2, 4, 4, 4, 5, 5, 7, 9]).StandardDeviation.Should().Be(2);
        new RowNorms([3]).StandardDeviation.Should().Be(0);
    }

    [Fact]
    public void Gradients_are_those_of_the_last_backward_pass_and_one_that_is_absent_has_no_norm()
    {
        using var scope = NewDisposeScope();
        var net = Nets.Small(ScalarType.Float64);
        var probe = new WeightProbe(net, Nets.Head);
        Nets.HeadOf(net).call(ones(1, Nets.Features, ScalarType.Float64)).sum().backward(); // 1 for each of 8 units and its 5 features

        var record = probe.Measure();

        record.Parameters.Select(p => (p.Name, p.GradientNorm)).Should().Equal(
            ("body.weight", null), ("body.bias", null), ("head.weight", Math.Sqrt(40)), ("head.bias", Math.Sqrt(8)));
        record.GradientNorm.Should().BeApproximately(Math.Sqrt(48), 1e-12);
    }

    [Fact]
    public void In_an_observer_gradients_are_those_of_the_step_after_clipping()
    {
        using var scope = NewDisposeScope();
        var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        var seen = new List<double?>();
        var diagnostics = new DiagnosticsObserver(
            null, new WeightProbe(net, Nets.Head), new DiagnosticsOptions { Period = 1 }, record => seen.Add(record.Weights!.GradientNorm));
        using var trainer = new ContinualTrainer(net, optimizer).UseGradientClipping(0.25).UseObserver(diagnostics);
        trainer.TrainStep(randn(4, 6) * 10, randint(0, Nets.Units, [4]));
        trainer.TrainStep(randn(4, 6) * 10, randint(0, Nets.Units, [4]));
        seen.Should().HaveCount(2).And.AllSatisfy(norm => norm.Should().BeApproximately(0.25, 1e-5));
    }

    [Fact]
    public void Tensors_of_a_convolutional_classifier_have_a_row_for_each_unit()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var head = Conv2d(4, 2, 1, bias: false);
        head.weight!.fill_(1);
        var net = Sequential(("head", head));
        new WeightProbe(net, Nets.Head).Measure().HeadRows.All.Should().Equal(2, 2);
    }

    [Fact]
    public void It_leaves_no_tensors()
    {
        using var scope = NewDisposeScope();
        var net = Nets.Small();
        using var initial = ParameterSnapshot.Capture(net);
        net.call(ones(1, 6)).sum().backward();
        var probe = new WeightProbe(net, Nets.Head, initial);
        probe.Measure();
        var before = LiveTensors.BeforeTest();
        probe.Measure();
        Tensor.TotalCount.Should().Be(before);
    }

    [Fact]
    public void A_snapshot_of_another_model_is_refused()
    {
        using var scope = NewDisposeScope();
        using var initial = ParameterSnapshot.Capture(Nets.Small());
        FluentActions.Invoking(() => new WeightProbe(Linear(2, 3), initial: initial)).Should().Throw<ArgumentException>()
            .WithMessage("The snapshot has no parameter 'weight'; it holds body.weight, body.bias, head.weight, head.bias.*");
        var wider = Sequential(("body", Linear(6, 5)), ("relu", ReLU()), ("head", Linear(5, 9)));
        FluentActions.Invoking(() => new WeightProbe(wider, Nets.Head, initial)).Should().Throw<ArgumentException>()
            .WithMessage("Parameter 'head.weight' has shape [9, 5], but had [8, 5] when the snapshot was taken.*");
        FluentActions.Invoking(() => new WeightProbe(wider)).Should().Throw<InvalidOperationException>().WithMessage("*2 Linear layers*");
    }
}
