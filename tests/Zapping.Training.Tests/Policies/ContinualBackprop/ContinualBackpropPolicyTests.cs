using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies.ContinualBackprop;

/// <summary>Numbers by hand; whole runs are held against PyTorch in UnitResetFixtureTests.</summary>
public sealed class ContinualBackpropPolicyTests
{
    [Fact]
    public void Utility_is_an_average_of_activation_times_outgoing_weights()
    {
        using var net = Nets.Small(ScalarType.Float64);
        using (no_grad())
        {
            Nets.HeadOf(net).weight.copy_(tensor([1.0, -2, 0, 3, 0.5]).expand(8, 5));
        }

        using var policy = Policy(net, o => (o.Decay, o.ReplacementRate) = (0.75, 0));
        var scheduler = Nets.Scheduler(net, policy);
        Nets.Activate(net, 1, 2, 3, -1, 4);
        scheduler.Signal(BoundaryKind.ClassBoundary);
        Values(policy, "body.utility").Should().BeApproximately([2, 8, 0, 0, 4]); // 0.25 * |h| * 8 * |w|
        Nets.Activate(net, 0, 2, 3, 1, 4);
        scheduler.Signal(BoundaryKind.ClassBoundary);
        Values(policy, "body.utility").Should().BeApproximately([1.5, 14, 0, 6, 7]);
        Values(policy, "body.mean at head").Should().BeApproximately([0.1875, 0.875, 1.3125, 0.25, 1.75]);
        State(policy, "body.ages").data<long>().ToArray().Should().Equal(2, 2, 2, 2, 2);
    }

    [Fact]
    public void Fractions_of_units_add_up_and_only_mature_ones_are_replaced()
    {
        using var net = Nets.Small();
        using var policy = Policy(net, o => (o.MaturityThreshold, o.ReplacementRate) = (2, 0.1)); // 5 mature units: half a unit each time
        var written = new List<int>();
        var scheduler = Nets.Scheduler(net, policy);
        scheduler.ResetCompleted += report => written.Add(report.Parameters.Count(r => r.Parameter == "body.weight"));
        for (var i = 0; i < 8; i++)
        {
            Nets.Activate(net, 1, 1, 1, 0.1, 1);
            scheduler.Signal(BoundaryKind.ClassBoundary);
        }

        // Mature after the third: 0.5, 1.0 (one goes, 4 stay mature for two runs), 0.4, 0.8, 1.3 (all 5 are mature again).
        written.Should().Equal(0, 0, 0, 1, 0, 0, 1, 0);
        State(policy, "body.ages").data<long>().ToArray().Order().First().Should().Be(1);
        Values(policy, "body.due").Should().BeApproximately([0.7], 1e-9);
    }

    [Fact]
    public void What_is_not_seen_in_training_neither_ages_nor_replaces_a_unit()
    {
        using var net = Nets.Small();
        using var policy = Policy(net, o => (o.MaturityThreshold, o.ReplacementRate) = (0, 1));
        var before = Nets.Bits(net);
        using (no_grad())
        {
            net.call(Nets.Example(net));
        }

        Nets.Scheduler(net, policy).Signal(BoundaryKind.ClassBoundary);
        State(policy, "body.ages").sum().item<long>().Should().Be(0);
        Nets.Bits(net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void A_unit_that_is_always_the_same_is_replaced_without_a_trace_behind_a_flatten_and_a_convolution()
    {
        using var net = Sequential(
            ("first", Conv2d(1, 3, 3)), ("norm", BatchNorm2d(3)), ("relu", ReLU()), ("second", Conv2d(3, 4, 2)), ("relu2", ReLU()),
            ("flatten", Flatten()), ("head", Linear(36, 2)));
        net.to(ScalarType.Float64).eval();
        using var generator = new Generator(8);
        using (no_grad())
        {
            net.parameters().ToList().ForEach(parameter => parameter.uniform_(0.1, 1, generator)); // no other unit is ever silent
            ((BatchNorm2d)net[1]).weight![1] = tensor(0.0); // channel 1 is 0.01 everywhere
            ((BatchNorm2d)net[1]).bias![1] = tensor(0.01);
            ((Conv2d)net[3]).weight![2] = tensor(0.0); // channel 2 is 0.001
            ((Conv2d)net[3]).bias![2] = tensor(0.001);
        }

        using var policy = new ContinualBackpropPolicy(
            UnitGraph.Trace(net, rand(1, 1, 6, 6, ScalarType.Float64)), new() { MaturityThreshold = 0, ReplacementRate = 0.34 });
        var inputs = randn([7, 1, 6, 6], ScalarType.Float64, generator: generator);
        var outputs = net.call(inputs).detach();
        ResetReport? report = null;
        var scheduler = Nets.Scheduler(net, policy);
        scheduler.ResetCompleted += made => report = made;
        scheduler.Signal(BoundaryKind.ClassBoundary);

        report!.Parameters.Select(r => $"{r.Parameter}: {r.Slice}").Should().Equal(
            "first.weight: row 1", "first.bias: row 1", "norm.weight: row 1", "norm.bias: row 1", "norm.running_mean: row 1", "norm.running_var: row 1",
            "second.weight: row 2", "second.bias: row 2",
            "second.bias: rows 0, 1, 3", "head.bias: rows 0, 1",
            "second.weight: column 1", "head.weight: 9 columns (18, 19, 20, 21, 22, 23, 24, 25, …)");
        net.call(inputs).allclose(outputs, 1e-12, 1e-12).Should().BeTrue();
        ((Conv2d)net[3]).bias![2].item<double>().Should().Be(0, "a new unit begins without a bias");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_layers_that_feed_one_both_hand_over_unless_told_not_to(bool takesOver)
    {
        using var net = new Wired(
            [Linear(2, 2), Linear(2, 2), Linear(4, 1)], (p, x) => p[2].call(cat([p[0].call(x), p[1].call(x)], 1).relu()));
        net.to(ScalarType.Float64);
        var head = (Linear)net.children().Last();
        using (no_grad())
        {
            foreach (var layer in net.children().OfType<Linear>().Take(2))
            {
                layer.weight.zero_();
                layer.bias!.copy_(tensor([5.0, 0.5])); // each loses its second unit
            }

            head.weight.copy_(tensor([1.0, 2, 1, 4]).reshape(1, 4));
            head.bias!.zero_();
        }

        using var policy = new ContinualBackpropPolicy(UnitGraph.Trace(net, ones(1, 2, ScalarType.Float64)), new() { MaturityThreshold = 0, ReplacementRate = 0.5, BiasTakesOver = takesOver });
        net.call(ones(3, 2, ScalarType.Float64));
        Nets.Scheduler(net, policy).Signal(BoundaryKind.ClassBoundary);
        head.bias.item<double>().Should().BeApproximately(takesOver ? (2 * 0.5) + (4 * 0.5) : 0, 1e-12);
        head.weight.data<double>().ToArray().Should().Equal(1, 0, 1, 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Units_that_are_new_at_once_feed_each_other_only_if_told_to(bool feed)
    {
        using var net = Sequential(("a", Linear(6, 5)), ("relu", ReLU()), ("b", Linear(5, 4)), ("relu2", ReLU()), ("head", Linear(4, 2)));
        using (no_grad())
        {
            net.parameters().ToList().ForEach(parameter => parameter.fill_(1));
        }

        using var policy = new ContinualBackpropPolicy(
            UnitGraph.Trace(net, ones(1, 6)), new() { MaturityThreshold = 0, ReplacementRate = 0.25, Weights = Initializer.Constant(3), NewUnitsFeedNewUnits = feed });
        net.call(ones(3, 6));
        Nets.Scheduler(net, policy).Signal(BoundaryKind.ClassBoundary);

        // The first unit of each layer, as all are of the same use: its column of b is 0 but perhaps where it feeds the new row.
        ((Linear)net[2]).weight.narrow(1, 0, 1).reshape(-1).data<float>().ToArray().Should().Equal(feed ? 3 : 0, 0, 0, 0);
        ((Linear)net[2]).weight.narrow(0, 0, 1).reshape(-1).data<float>().ToArray().Should().Equal(feed ? 3 : 0, 3, 3, 3, 3);
        ((Linear)net[4]).weight.narrow(1, 0, 1).count_nonzero().item<long>().Should().Be(0);
    }

    [Fact]
    public void A_layer_without_a_bias_takes_nothing_over()
    {
        using var net = Sequential(("a", Linear(6, 5, hasBias: false)), ("relu", ReLU()), ("b", Linear(5, 8, hasBias: false)));
        using var policy = new ContinualBackpropPolicy(UnitGraph.Trace(net, ones(1, 6)), new() { MaturityThreshold = 0, ReplacementRate = 0.2 });
        net.call(rand(3, 6));
        ResetReport? report = null;
        var scheduler = Nets.Scheduler(net, policy);
        scheduler.ResetCompleted += made => report = made;
        scheduler.Signal(BoundaryKind.ClassBoundary);
        report!.Parameters.Select(r => r.Parameter).Should().Equal("a.weight", "b.weight");
    }

    [Fact]
    public void Every_bad_option_is_named()
    {
        using var net = Nets.Small();
        var graph = UnitGraph.Trace(net, Nets.Example(net));
        var bad = new ContinualBackpropOptions
        {
            ReplacementRate = 1.1,
            MaturityThreshold = -1,
            Decay = 1,
            Layers = null!,
            Weights = null!,
            OptimizerState = (OptimizerStateReset)7,
            SampleEvery = 0,
        };
        FluentActions.Invoking(() => new ContinualBackpropPolicy(graph, bad)).Should().Throw<ArgumentException>()
            .WithMessage("*ReplacementRate*MaturityThreshold*Decay*Layers*Weights*OptimizerState*SampleEvery*");
    }

    private static ContinualBackpropPolicy Policy(Sequential net, Action<ContinualBackpropOptions> configure)
    {
        var options = new ContinualBackpropOptions();
        configure(options);
        return new ContinualBackpropPolicy(UnitGraph.Trace(net, Nets.Example(net)), options);
    }

    private static Tensor State(ContinualBackpropPolicy policy, string name) => policy.State.Single(s => s.Key == name).Value;

    private static double[] Values(ContinualBackpropPolicy policy, string name) => State(policy, name).data<double>().ToArray();
}

internal static class ApproximateValues
{
    public static void BeApproximately(this FluentAssertions.Collections.GenericCollectionAssertions<double> actual, double[] expected, double tolerance = 1e-12) =>
        actual.Equal(expected, (a, e) => Math.Abs(a - e) < tolerance);
}
