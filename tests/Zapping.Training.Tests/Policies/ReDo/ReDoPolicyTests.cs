using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies.ReDo;

/// <summary>Scores and edits by hand; what every policy must do is in the conformance suite.</summary>
public sealed class DormantUnitsPolicyTests
{
    [Theory]
    [InlineData(0, new[] { 3 })]
    [InlineData(0.2, new[] { 3 })]
    [InlineData(0.25, new[] { 1, 3 })] // mean activations 2, 0.5, 4, 0, 3.5: their mean is 2, the scores are 1, 0.25, 2, 0, 1.75
    [InlineData(1, new[] { 0, 1, 3 })]
    public void Units_whose_score_is_at_most_the_threshold_are_recycled(double threshold, int[] recycled)
    {
        using var net = Nets.Small(ScalarType.Float64);
        var body = (Linear)net.children().First();
        using (no_grad())
        {
            body.weight.zero_();
            body.weight.select(1, 0).copy_(tensor([1.0, 1, 1, -1, 1])); // what is put in comes out
            body.bias!.copy_(tensor([0, -2.0, 2, -1, 1.5]));
        }

        var head = Nets.Bits(Nets.HeadOf(net).weight);
        using var policy = new ReDoPolicy(UnitGraph.Trace(net, Nets.Example(net)), new() { Threshold = threshold, SampleEvery = 1 });
        net.call(full([1, 6], 1.0, ScalarType.Float64));
        net.call(full([1, 6], 3.0, ScalarType.Float64)); // the means are over both calls: 1 and 3, 0 and 1, 3 and 5, 0 and 0, 2.5 and 4.5
        Signal(net, policy).Should().BeTrue();

        for (var unit = 0; unit < Nets.Features; unit++)
        {
            var isNew = recycled.Contains(unit);
            var row = body.weight.detach()[unit];
            row.narrow(0, 1, 5).count_nonzero().item<long>().Should().Be(isNew ? 5 : 0);
            row.abs().max().item<double>().Should().BeLessThanOrEqualTo(isNew ? 1 / Math.Sqrt(6) : 1);
            var column = Nets.HeadOf(net).weight.detach().select(1, unit);
            column.count_nonzero().item<long>().Should().Be(isNew ? 0 : Nets.Units);
            body.bias![unit].item<double>().Should().Be(isNew ? 0 : new[] { 0, -2.0, 2, -1, 1.5 }[unit]);
        }

        Nets.Bits(Nets.HeadOf(net).weight).Should().NotEqual(head);
    }

    [Fact]
    public void A_channel_goes_with_its_norm_and_all_its_positions()
    {
        using var net = Sequential(
            ("conv", Conv2d(1, 4, 3)), ("norm", BatchNorm2d(4)), ("relu", ReLU()), ("pool", MaxPool2d(2)), ("flatten", Flatten()), ("head", Linear(16, 3)));
        var (conv, norm, head) = ((Conv2d)net[0], (BatchNorm2d)net[1], (Linear)net[5]);
        using var optimizer = optim.Adam(net.parameters());
        using (no_grad())
        {
            norm.weight!.copy_(tensor([1f, 2, -3, 4]));
            norm.bias!.copy_(tensor([1f, -100, 3, 4])); // channel 1 never gets through the ReLU
        }

        using var policy = new ReDoPolicy(UnitGraph.Trace(net, ones(1, 1, 6, 6)), new() { Threshold = 0 });
        functional.cross_entropy(net.call(rand(5, 1, 6, 6)), tensor([0L, 1, 2, 0, 1])).backward();
        optimizer.step();
        using var before = ParameterSnapshot.Capture(net);
        var (mean, variance) = (norm.running_mean!.clone(), norm.running_var!.clone());
        Signal(net, policy, optimizer);

        Differs(conv.weight!, before["conv.weight"], 0).Should().Equal(1);
        norm.weight!.data<float>().ToArray().Should().Equal(Replaced(before["norm.weight"], 1, 1));
        norm.bias!.data<float>().ToArray().Should().Equal(Replaced(before["norm.bias"], 1, 0));
        norm.running_mean!.data<float>().ToArray().Should().Equal(Replaced(mean, 1, 0));
        norm.running_var!.data<float>().ToArray().Should().Equal(Replaced(variance, 1, 1));
        Differs(head.weight, before["head.weight"], 1).Should().Equal(4, 5, 6, 7);
        head.weight.detach().narrow(1, 4, 4).count_nonzero().item<long>().Should().Be(0);
        var moments = optimizer.state_dict().State.Cast<Adam.State>().ToList();
        moments[0].exp_avg_sq[1].count_nonzero().item<long>().Should().Be(0);
        moments[4].exp_avg_sq.narrow(1, 4, 4).count_nonzero().item<long>().Should().Be(0);
        moments[4].exp_avg_sq.narrow(1, 0, 4).count_nonzero().item<long>().Should().BePositive();
    }

    [Fact]
    public void The_model_computes_the_same_where_only_silent_units_are_recycled()
    {
        using var net = Sequential(("first", Linear(3, 6)), ("relu", ReLU()), ("second", Linear(6, 6)), ("relu2", ReLU()), ("head", Linear(6, 2)));
        using (no_grad())
        {
            ((Linear)net[0]).bias![2] = tensor(-100f);
            ((Linear)net[2]).bias![4] = tensor(-100f);
        }

        using var policy = new ReDoPolicy(UnitGraph.Trace(net, ones(1, 3)), new() { Threshold = 0 });
        var inputs = randn(10, 3);
        var outputs = net.call(inputs).detach();
        var reports = Reports(net, policy);
        reports.SelectMany(r => r.Parameters).Select(r => r.Parameter).Should().Contain(["first.weight", "second.weight", "head.weight"]);
        net.call(inputs).allclose(outputs, 1e-6, 1e-6).Should().BeTrue();
        ((Linear)net[2]).weight.detach()[4][2].item<float>().Should().Be(0, "a new unit feeds no new one either");
    }

    [Fact]
    public void What_is_not_training_is_not_looked_at_and_a_reset_forgets()
    {
        using var net = Nets.Small();
        using var policy = new ReDoPolicy(UnitGraph.Trace(net, Nets.Example(net)));
        var before = Nets.Bits(net);
        using (no_grad())
        {
            net.call(Nets.Example(net));
        }

        Signal(net, policy).Should().BeTrue();
        Nets.Bits(net).Should().BeEquivalentTo(before, "nothing has been seen");
        Nets.Activate(net, 1, 1, 1, -1, 1);
        Reports(net, policy).Single().Parameters.Should().NotBeEmpty();
        Reports(net, policy).Single().Parameters.Should().BeEmpty("what was seen is forgotten");
    }

    [Fact]
    public void One_of_so_many_passes_is_looked_at_and_none_once_it_is_disposed_of()
    {
        using var net = Nets.Small(ScalarType.Float64);
        var policy = new ReDoPolicy(UnitGraph.Trace(net, Nets.Example(net)), new() { SampleEvery = 3 });
        var counts = policy.State.ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal);
        for (var i = 0; i < 7; i++)
        {
            Nets.Activate(net, 1, 2, 3, 4, 5 + i);
        }

        counts["head.calls"].item<long>().Should().Be(7);
        counts["head.count"].item<long>().Should().Be(3, "of calls 0, 3 and 6");
        var sums = counts["head.magnitude"].data<double>().ToArray();
        sums.Zip([3.0, 6, 9, 12, 24], (actual, expected) => Math.Abs(actual - expected)).Should().OnlyContain(difference => difference < 1e-9);
        policy.Dispose();
        net.call(Nets.Example(net)).IsInvalid.Should().BeFalse("the hook is gone, which would fail on freed tensors");
    }

    [Fact]
    public void Several_columns_and_layers_of_one_score_are_divided_by_their_number()
    {
        using var net = new Wired(
            [Linear(2, 2), Linear(3, 1)], (p, x) =>
            {
                var hidden = p[0].call(x).relu();
                return p[1].call(cat([hidden, hidden.narrow(1, 0, 1)], 1));
            });
        using (no_grad())
        {
            var layer = (Linear)net.children().First();
            layer.weight.zero_();
            layer.bias!.copy_(tensor([1f, 3])); // unit 0 is seen twice and has 1 all the same: scores 0.5 and 1.5
        }

        using var policy = new ReDoPolicy(UnitGraph.Trace(net, ones(1, 2)), new() { Threshold = 0.51 });
        net.call(ones(4, 2));
        Reports(net, policy).Single().Parameters.Select(r => r.Slice.ToString()).Should().Equal("row 0", "row 0", "columns 0, 2");
    }

    [Fact]
    public void A_model_without_such_units_is_refused_with_all_reasons()
    {
        using var net = Nets.Small();
        var graph = UnitGraph.Trace(net, Nets.Example(net));
        FluentActions.Invoking(() => new ReDoPolicy(graph, new() { Layers = _ => false })).Should().Throw<ArgumentException>()
            .WithMessage("No layer is selected whose units can be replaced: only 'body' have such units. 'head': its units reach the model's output past every other layer.*");
        using var alone = Linear(2, 2);
        using var single = Sequential(("only", alone));
        FluentActions.Invoking(() => new ReDoPolicy(UnitGraph.Trace(single, ones(1, 2)))).Should().Throw<ArgumentException>()
            .WithMessage("*none has such units. 'only': its units reach*");
    }

    [Fact]
    public void Every_bad_option_is_named()
    {
        using var net = Nets.Small();
        var graph = UnitGraph.Trace(net, Nets.Example(net));
        var bad = new ReDoOptions { Threshold = double.NaN, Layers = null!, Weights = null!, OptimizerState = (OptimizerStateReset)7, SampleEvery = 0 };
        FluentActions.Invoking(() => new ReDoPolicy(graph, bad)).Should().Throw<ArgumentException>()
            .WithMessage("*Threshold*Layers*Weights*OptimizerState*SampleEvery*");
    }

    private static bool Signal(Module net, ReDoPolicy policy, params optim.Optimizer[] optimizers) =>
        Nets.Scheduler(net, policy, optimizers).Signal(BoundaryKind.ClassBoundary);

    private static List<ResetReport> Reports(Module net, ReDoPolicy policy)
    {
        var reports = new List<ResetReport>();
        var scheduler = Nets.Scheduler(net, policy);
        scheduler.ResetCompleted += reports.Add;
        scheduler.Signal(BoundaryKind.ClassBoundary);
        return reports;
    }

    private static List<int> Differs(Tensor actual, Tensor before, int dimension)
    {
        using var scope = NewDisposeScope();
        var changed = actual.ne(before).movedim([dimension], [0]).reshape(actual.shape[dimension], -1).any(1);
        return [.. Enumerable.Range(0, (int)actual.shape[dimension]).Where(i => changed[i].item<bool>())];
    }

    private static float[] Replaced(Tensor before, int index, float value)
    {
        var values = before.data<float>().ToArray();
        values[index] = value;
        return values;
    }
}
