using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Policies;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies.SelfNormalizedResets;

/// <summary>Silences, thresholds and renewals by hand; what every policy must do is in the conformance suite.</summary>
public sealed class SelfNormalizedResetPolicyTests
{
    // Which of the units A to D fire in each run; a fifth always does.
    private static readonly string[] Fires = ["1110", "1000", "1100", "1000", "1000", "1110", "1010", "1100", "0000", "1000"];

    [Theory]
    [InlineData(0, 1, new long[] { 1, 2, 8, 8, 1 }, "4:D 5:C 8:D 9:A 10:B")] // as released: a unit that was never silent gets the lowest threshold
    [InlineData(1, 1, new long[] { 8, 2, 8, 8, 8 }, "4:D 5:C 8:D 10:B")]
    [InlineData(2, 1, new long[] { 8, 2, 8, 8, 8 }, "4:D 5:C 8:D 10:B")] // C has one silence only, which was to be 8 in any case
    [InlineData(4, 1, new long[] { 8, 8, 8, 8, 8 }, "4:D 5:C 8:D")] // B has three
    [InlineData(1, 3, new long[] { 8, 3, 8, 8, 8 }, "4:D 5:C 8:D")] // run 10 is B's second
    public void Each_unit_gets_a_threshold_of_its_own(int evidence, int minimum, long[] thresholds, string renewals)
    {
        using var net = Nets.Small(ScalarType.Float64);
        using var policy = Policy(net, options => (options.EvidenceRequired, options.MinimumSilence) = (evidence, minimum));
        var renewed = new List<string>();
        var scheduler = Nets.Scheduler(net, policy);
        var run = 0;
        scheduler.ResetCompleted += report => renewed.AddRange(RowsOf(report, "body.weight").Select(unit => $"{run}:{"ABCDE"[unit]}"));
        foreach (var fires in Fires)
        {
            run++;
            Activate(net, fires);
            scheduler.Signal(BoundaryKind.ClassBoundary);
            if (run == 8)
            {
                State(policy, "body.thresholds").Should().Equal(thresholds);
            }
        }

        string.Join(' ', renewed).Should().Be(renewals);
    }

    [Fact]
    public void Silences_are_counted_when_they_end()
    {
        using var net = Nets.Small(ScalarType.Float64);
        using var policy = Policy(net, options => options.UpdateEvery = 100);
        var scheduler = Nets.Scheduler(net, policy);
        foreach (var fires in Fires.Take(8))
        {
            Activate(net, fires);
            scheduler.Signal(BoundaryKind.ClassBoundary);
        }

        // Of lengths 0 to 8: units that fire twice in a row have silences of 0.
        State(policy, "body.silences").Chunk(9).Select(unit => string.Join(' ', unit)).Should().Equal(
            "8 0 0 0 0 0 0 0 0", "1 2 1 0 0 0 0 0 0", "3 0 0 0 1 0 0 0 0", "0 0 0 0 2 0 0 0 0", "8 0 0 0 0 0 0 0 0");
        State(policy, "body.ages").Should().Equal(0, 0, 1, 0, 0);
        State(policy, "body.runs").Should().Equal(8);
    }

    [Fact]
    public void A_renewed_unit_has_fresh_incoming_weights_no_bias_and_no_outgoing_weights()
    {
        using var net = Nets.Small(ScalarType.Float64);
        var body = (Linear)net.children().First();
        var before = body.weight.detach().clone();
        using var policy = Policy(net, options => (options.InitialSilence, options.Weights) = (1, Initializer.Constant(0.25)));
        Activate(net, "1101");
        Nets.Scheduler(net, policy).Signal(BoundaryKind.ClassBoundary);

        body.weight.detach()[2].data<double>().ToArray().Should().Equal(Enumerable.Repeat(0.25, 6));
        body.bias![2].item<double>().Should().Be(0);
        Nets.HeadOf(net).weight.detach().select(1, 2).count_nonzero().item<long>().Should().Be(0);
        foreach (var unit in new[] { 0, 1, 3, 4 })
        {
            Nets.Bits(body.weight.detach()[unit]).Should().Equal(Nets.Bits(before[unit]));
        }
    }

    [Fact]
    public void A_channel_fires_if_one_example_is_above_zero_at_one_position()
    {
        using var net = Sequential(("conv", Conv2d(1, 3, 3)), ("norm", BatchNorm2d(3)), ("relu", ReLU()), ("flatten", Flatten()), ("head", Linear(48, 2)));
        var (norm, head) = ((BatchNorm2d)net[1], (Linear)net[4]);
        net.eval(); // running statistics are 0 and 1, so that values are those of the convolution
        using (no_grad())
        {
            ((Conv2d)net[0]).weight!.fill_(1);
            ((Conv2d)net[0]).bias!.copy_(tensor([-8.5f, -9.5f, 1])); // a patch of nine ones gets through at 0, at 1 none does
            norm.weight!.fill_(2);
            norm.bias!.zero_();
        }

        using var policy = new SelfNormalizedResetPolicy(UnitGraph.Trace(net, ones(1, 1, 6, 6)), new() { InitialSilence = 1 });
        var inputs = zeros(2, 1, 6, 6);
        inputs[1, 0].narrow(0, 3, 3).narrow(1, 3, 3).fill_(1); // the last position of the second example
        net.call(inputs);
        ResetReport? report = null;
        var scheduler = Nets.Scheduler(net, policy);
        scheduler.ResetCompleted += made => report = made;
        scheduler.Signal(BoundaryKind.ClassBoundary);

        report!.Parameters.Select(written => $"{written.Parameter}: {written.Slice}").Should().Equal(
            "conv.weight: row 1", "conv.bias: row 1", "norm.weight: row 1", "norm.bias: row 1", "norm.running_mean: row 1", "norm.running_var: row 1",
            "head.weight: 16 columns (16, 17, 18, 19, 20, 21, 22, 23, …)");
        norm.weight!.data<float>().ToArray().Should().Equal(2, 1, 2);
        head.weight.detach().narrow(1, 16, 16).count_nonzero().item<long>().Should().Be(0);
    }

    [Fact]
    public void Runs_without_a_pass_of_training_do_not_count()
    {
        using var net = Nets.Small();
        using var policy = Policy(net, options => options.InitialSilence = 1);
        var before = Nets.Bits(net);
        using (no_grad())
        {
            Nets.Activate(net, -1, -1, -1, -1, -1);
        }

        Nets.Scheduler(net, policy).Signal(BoundaryKind.ClassBoundary);
        State(policy, "body.runs").Should().Equal(0);
        Nets.Bits(net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void Several_passes_of_one_run_count_together()
    {
        using var net = Nets.Small(ScalarType.Float64);
        using var policy = Policy(net, options => options.InitialSilence = 2);
        Activate(net, "1000");
        Activate(net, "0100");
        Nets.Scheduler(net, policy).Signal(BoundaryKind.ClassBoundary);
        State(policy, "body.ages").Should().Equal(0, 0, 1, 1, 0);
    }

    [Fact]
    public void Layers_that_UnitGraph_leaves_out_are_left_out()
    {
        using var net = new Wired(
            [Linear(4, 4), Linear(4, 4), Linear(4, 3), Linear(3, 2)],
            (p, x) =>
            {
                var first = p[0].call(x).relu();
                return p[3].call(p[2].call(first + p[1].call(first).relu()).relu()); // a residual branch
            });
        using var policy = new SelfNormalizedResetPolicy(UnitGraph.Trace(net, ones(1, 4)));
        policy.Description["layers"].Should().BeEquivalentTo(new[] { "2" });
        using var depthwise = Sequential(("a", Conv2d(1, 4, 3)), ("relu", ReLU()), ("b", Conv2d(4, 4, 1, groups: 4)), ("flatten", Flatten()), ("head", Linear(64, 2)));
        using var other = new SelfNormalizedResetPolicy(UnitGraph.Trace(depthwise, ones(1, 1, 6, 6)));
        other.Description["layers"].Should().BeEquivalentTo(new[] { "b" }, "a's units are columns of no weight");
    }

    [Fact]
    public void Every_bad_option_is_named()
    {
        using var net = Nets.Small();
        var graph = UnitGraph.Trace(net, Nets.Example(net));
        var bad = new SelfNormalizedResetOptions
        {
            Quantile = 1,
            InitialSilence = 0,
            MinimumSilence = 0,
            MaximumSilence = 100_001,
            UpdateEvery = 0,
            Expansion = 0,
            EvidenceRequired = -1,
            Layers = null!,
            Weights = null!,
            OptimizerState = (OptimizerStateReset)7,
        };
        FluentActions.Invoking(() => new SelfNormalizedResetPolicy(graph, bad)).Should().Throw<ArgumentException>()
            .WithMessage("*Quantile*InitialSilence*MinimumSilence*MaximumSilence*UpdateEvery*Expansion*EvidenceRequired*Layers*Weights*OptimizerState*");
        FluentActions.Invoking(() => new SelfNormalizedResetPolicy(graph, new() { InitialSilence = 9, MaximumSilence = 8 })).Should().Throw<ArgumentException>()
            .WithMessage("*InitialSilence is 9, but must be from MinimumSilence, which is 1, to MaximumSilence, which is 8.*");
    }

    private static SelfNormalizedResetPolicy Policy(Sequential net, Action<SelfNormalizedResetOptions> configure)
    {
        var options = new SelfNormalizedResetOptions { Quantile = 0.75, InitialSilence = 4, MaximumSilence = 8, UpdateEvery = 8 };
        configure(options);
        return new SelfNormalizedResetPolicy(UnitGraph.Trace(net, Nets.Example(net)), options);
    }

    private static void Activate(Sequential net, string fires) => Nets.Activate(net, [.. fires.Select(fired => fired == '1' ? 1.0 : -1), 1]);

    private static long[] State(SelfNormalizedResetPolicy policy, string name) => [.. policy.State.Single(state => state.Key == name).Value.to(ScalarType.Int64).data<long>()];

    private static IEnumerable<int> RowsOf(ResetReport report, string parameter) => report.Parameters.Where(written => written.Parameter == parameter)
        .SelectMany(written => written.Slice.ToString().Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(int.Parse));
}
