using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Policies;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies.ReGraMa;

/// <summary>Scores by hand; what every policy must do is in the conformance suite.</summary>
public sealed class ReGraMaPolicyTests
{
    // Mean magnitudes 0.3, 0.002 and 0.0005, whose mean is 0.1008…: scores 2.9752…, 0.019834… and 0.0049586…
    private static readonly double[] Gradients = [0.2, -0.4, 0.002, 0.002, 0, 0.001];

    [Theory]
    [InlineData(0.01, new[] { 2 })]
    [InlineData(0.02, new[] { 1, 2 })]
    [InlineData(0.0049, new int[0])]
    [InlineData(1, new[] { 1, 2 })]
    public void Units_whose_score_is_at_most_the_threshold_are_renewed(double threshold, int[] renewed)
    {
        using var net = new Net();
        using var policy = net.Policy(options => options.Threshold = threshold);
        net.SetGradient(Gradients);
        net.Run(policy).Should().Equal(renewed);
        foreach (var unit in renewed)
        {
            net.Head.weight.detach().select(1, unit).count_nonzero().item<long>().Should().Be(0);
            net.Body.bias![unit].item<double>().Should().Be(0);
        }

        net.Head.weight.count_nonzero().item<long>().Should().Be(2 * (3 - renewed.Length));
    }

    [Theory]
    [InlineData(0.3, new int[0])] // of three units 0.9, rounded down
    [InlineData(0.34, new[] { 2 })]
    [InlineData(0.99, new[] { 1, 2 })]
    public void No_more_than_a_share_of_a_layer_is_renewed_the_lowest_first(double share, int[] renewed)
    {
        using var net = new Net();
        using var policy = net.Policy(options => (options.Threshold, options.AtMostShare) = (1, share));
        net.SetGradient(Gradients);
        net.Run(policy).Should().Equal(renewed);
    }

    [Theory]
    [InlineData(0, "2 2 2 2")]
    [InlineData(1, "2 - 2 -")]
    [InlineData(2, "2 - - 2")]
    public void A_renewed_unit_is_left_alone_for_some_runs(int minimumAge, string renewals)
    {
        using var net = new Net();
        using var policy = net.Policy(options => options.MinimumAge = minimumAge);
        var renewed = new List<string>();
        for (var run = 0; run < 4; run++)
        {
            net.SetGradient([1, 1, 1, 1, 0, 0]);
            renewed.Add(net.Run(policy) is { Length: > 0 } units ? string.Join(',', units) : "-");
        }

        string.Join(' ', renewed).Should().Be(renewals);
    }

    [Fact]
    public void The_first_gradient_of_a_renewed_unit_is_zero_and_the_second_is_not()
    {
        using var net = new Net();
        using var optimizer = optim.SGD(net.Whole.parameters(), 0.1);
        using (no_grad())
        {
            net.Head.weight.copy_(tensor([1.0, -1]).reshape(2, 1).expand(2, 3));
            net.Body.bias![2] = tensor(-100.0); // dead
            net.Body.bias![0] = tensor(10.0);
            net.Body.bias![1] = tensor(10.0);
        }

        using var policy = net.Policy(options => (options.Threshold, options.MinimumAge, options.Weights) = (0, 1, Initializer.Constant(1)));
        var scheduler = Nets.Scheduler(net.Whole, policy, [optimizer]);
        var renewals = new List<int>();
        scheduler.ResetCompleted += report => renewals.Add(report.Parameters.Count);
        var magnitudes = new List<double>();
        for (var step = 0; step < 4; step++)
        {
            optimizer.zero_grad();
            functional.cross_entropy(net.Whole.call(ones(3, 2, ScalarType.Float64)), tensor([0L, 0, 1])).backward();
            magnitudes.Add(net.Body.weight.grad![2].abs().sum().item<double>());
            optimizer.step();
            scheduler.Signal(BoundaryKind.ClassBoundary);
        }

        renewals.Should().Equal(3, 0, 0, 0);
        magnitudes[0].Should().Be(0);
        magnitudes[1].Should().Be(0, "its outgoing weights are 0");
        magnitudes[2].Should().BePositive();
    }

    [Fact]
    public void Magnitudes_are_averaged_over_runs_and_corrected_for_youth()
    {
        using var net = new Net();
        using var policy = net.Policy(options => (options.Threshold, options.Decay, options.RenewEvery) = (0.3, 0.75, 2));
        net.SetGradient([8, 8, 0, 0, -4, 4]); // averages 2, 0, 1
        net.Run(policy).Should().BeEmpty("it is the first of two runs");
        net.SetGradient([4, 0, 0, 16, 0, 0]); // 0.75 · 2 + 0.25 · 2 = 2, then 0.25 · 8 = 2, then 0.75: none is below 0.3 of the mean
        net.Run(policy).Should().BeEmpty();
        State(policy, "0.averages").data<double>().ToArray().Should().Equal(2, 2, 0.75);
        net.SetGradient([0, 0, 0, 0, 0, 8]);
        net.Run(policy);
        net.SetGradient([24, 24, 0, 0, 0, 0]); // 0.75 · 1.5 + 6 = 7.125, 0.75 · 1.5 = 1.125, 0.75 · (0.5625 + 1) = 1.171875; the limit is 0.3 · 3.140625
        net.Run(policy).Should().BeEmpty();
        State(policy, "0.averages").data<double>().ToArray().Should().Equal(7.125, 1.125, 1.171875);
        State(policy, "0.ages").data<long>().ToArray().Should().Equal(4, 4, 4);
        State(policy, "runs").item<long>().Should().Be(4);
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("zero")]
    [InlineData("not finite")]
    public void Gradients_that_say_nothing_renew_nobody(string gradient)
    {
        using var net = new Net();
        using var policy = net.Policy(options => options.Threshold = 1);
        if (gradient != "absent")
        {
            net.SetGradient(gradient == "zero" ? new double[6] : [double.NaN, 1, 1, 1, 1, 1]);
        }

        net.Run(policy).Should().BeEmpty();
        State(policy, "runs").item<long>().Should().Be(0);
    }

    [Fact]
    public void A_filter_is_a_row_of_all_its_taps()
    {
        using var net = Sequential(
            ("conv", Conv2d(2, 3, 2)), ("norm", BatchNorm2d(3)), ("relu", ReLU()), ("flatten", Flatten()), ("head", Linear(12, 2)));
        using var policy = new ReGraMaPolicy(UnitGraph.Trace(net, ones(1, 2, 3, 3)));
        var gradient = ones(3, 2, 2, 2);
        gradient[1] = tensor(0f);
        gradient[1, 1, 1, 1] = tensor(0.08f); // a mean of 0.01, of a mean of 0.67: a score of 0.0149
        gradient[2] = tensor(0f);
        gradient[2, 0, 0, 0] = tensor(0.008f); // 0.00149
        ((Conv2d)net[0]).weight!.grad = gradient;
        ResetReport? report = null;
        var scheduler = Nets.Scheduler(net, policy);
        scheduler.ResetCompleted += made => report = made;
        scheduler.Signal(BoundaryKind.ClassBoundary);
        report!.Parameters.Select(written => $"{written.Parameter}: {written.Slice}").Should().Equal(
            "conv.weight: row 2", "conv.bias: row 2", "norm.weight: row 2", "norm.bias: row 2", "norm.running_mean: row 2", "norm.running_var: row 2",
            "head.weight: columns 8, 9, 10, 11");
    }

    [Fact]
    public void A_layer_that_has_grown_is_refused_by_name()
    {
        using var net = new Net();
        using var policy = net.Policy(_ => { });
        net.Body.weight = new Parameter(zeros(4, 2, ScalarType.Float64));
        net.Body.weight.grad = ones(4, 2, ScalarType.Float64);
        net.Invoking(own => own.Run(policy)).Should().Throw<InvalidOperationException>()
            .WithMessage("Layer '0' has 4 units, but had 3 when the policy was made: make a new policy*");
    }

    [Fact]
    public void Every_bad_option_is_named()
    {
        using var net = new Net();
        FluentActions.Invoking(() => net.Policy(options =>
        {
            (options.Threshold, options.RenewEvery, options.Decay, options.MinimumAge, options.AtMostShare) = (-1, 0, 1, -1, 1.1);
            (options.Layers, options.Weights, options.OptimizerState) = (null!, null!, (OptimizerStateReset)7);
        })).Should().Throw<ArgumentException>().WithMessage("*Threshold*RenewEvery*Decay*MinimumAge*AtMostShare*Layers*Weights*OptimizerState*");
    }

    private static Tensor State(ReGraMaPolicy policy, string name) => policy.State.Single(state => state.Key == name).Value;

    /// <summary>Two inputs, three hidden units, two outputs.</summary>
    private sealed class Net : IDisposable
    {
        private ZapScheduler? _scheduler;

        public Net()
        {
            Whole = Sequential(("0", Body), ("1", ReLU()), ("2", Head));
            Whole.to(ScalarType.Float64);
            using var noGrad = no_grad();
            Head.weight.fill_(1);
        }

        public Sequential Whole { get; }

        public Linear Body { get; } = Linear(2, 3);

        public Linear Head { get; } = Linear(3, 2);

        public ReGraMaPolicy Policy(Action<ReGraMaOptions> configure)
        {
            var options = new ReGraMaOptions();
            configure(options);
            return new ReGraMaPolicy(UnitGraph.Trace(Whole, ones(1, 2, ScalarType.Float64)), options);
        }

        public void SetGradient(double[] gradient) => Body.weight.grad = tensor(gradient).reshape(3, 2);

        /// <summary>The units that one run renews.</summary>
        public int[] Run(ReGraMaPolicy policy)
        {
            var before = Body.weight.detach().clone();
            (_scheduler ??= Nets.Scheduler(Whole, policy)).Signal(BoundaryKind.ClassBoundary); // one, whose resets draw different values
            return [.. Enumerable.Range(0, 3).Where(unit => !Body.weight.detach()[unit].eq(before[unit]).all().item<bool>())];
        }

        public void Dispose() => Whole.Dispose();
    }
}
