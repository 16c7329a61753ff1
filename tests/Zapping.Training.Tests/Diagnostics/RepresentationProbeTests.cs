using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Diagnostics;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Diagnostics;

[Collection(AloneCollection.Name)] // counts live tensors
public sealed class RepresentationProbeTests
{
    private static readonly RepresentationOptions Head = new() { Head = Nets.Head };

    // Magnitudes 10, 1.1, 1, 0 of 4 units: their mean is 3.025, a tenth of it 0.3025.
    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.1, 1)]
    [InlineData(0.35, 2)]
    [InlineData(0.4, 3)]
    [InlineData(1.0, 3)]
    public void A_unit_is_dormant_by_its_share_of_the_layers_mean(double tau, int dormant)
    {
        using var scope = NewDisposeScope();
        var net = Passing(4);
        var batch = tensor(new[,] { { 10f, -0.2f, 1f, 0f }, { -10f, 2f, 1f, 0f } });
        var layer = new RepresentationProbe(net, batch, new RepresentationOptions { Head = Nets.Head, DormantThreshold = tau }).Measure().Layers.Single();
        layer.Should().BeEquivalentTo(new { Layer = "head", Units = 4, DormantFraction = dormant / 4.0, DeadFraction = 0.25 });
        layer.MeanActivation.Should().BeApproximately(3.025, 1e-6);
    }

    [Fact]
    public void A_silent_layer_is_dead_and_dormant_at_any_threshold()
    {
        using var scope = NewDisposeScope();
        var record = new RepresentationProbe(Passing(3), zeros(2, 3), new RepresentationOptions { Head = Nets.Head, DormantThreshold = 0 }).Measure();
        record.Layers.Should().Equal(new LayerActivity("head", 3, 0, 1, 1));
        record.Features.Should().Be(new FeatureStatistics(2, 3, 0, 0, 0, 0));
    }

    [Fact]
    public void What_is_not_finite_is_neither_dormant_nor_alive()
    {
        using var scope = NewDisposeScope();
        var record = new RepresentationProbe(Passing(2), tensor(new[,] { { 1f, float.NaN } }), Head).Measure();
        record.Layers.Should().Equal(new LayerActivity("head", 2, double.NaN, double.NaN, double.NaN));
    }

    [Fact]
    public void Layers_can_be_chosen_the_first_included()
    {
        using var scope = NewDisposeScope();
        var batch = tensor(new[,] { { 1f, 0f } });
        var options = new RepresentationOptions { Head = Nets.Head, Layers = name => name == "body" };
        new RepresentationProbe(Passing(2), batch, options).Measure().Layers.Should().Equal(new LayerActivity("body", 2, 0.5, 0.5, 0.5));
    }

    // Channel 1 never gets through the ReLU. Of the 16 inputs of the head, 4 are its; of the 4 channels it is one.
    [Fact]
    public void With_a_graph_a_unit_is_what_policies_reset()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(
            ("conv", Conv2d(1, 4, 3)), ("relu", ReLU()), ("pool", MaxPool2d(2)), ("flatten", Flatten()), ("head", Linear(16, 3)));
        var conv = (Conv2d)net[0];
        using (no_grad())
        {
            conv.weight!.zero_();
            conv.bias!.copy_(tensor([1f, -1, 4, 0.25f]));
        }

        var (images, graph) = (rand(3, 1, 6, 6), UnitGraph.Trace(net, ones(1, 1, 6, 6)));
        RepresentationProbe Probe(double threshold, UnitGraph? units) => new(net, images, new() { DormantThreshold = threshold, Units = units });

        Probe(0.1, graph).Measure().Layers.Should().Equal(new LayerActivity("conv", 4, 5.25 / 4, 0.25, 0.25));
        Probe(0.2, graph).Measure().Layers.Should().Equal(new LayerActivity("conv", 4, 5.25 / 4, 0.5, 0.25));
        Probe(0.1, null).Measure().Layers.Should().Equal(new LayerActivity("head", 16, 5.25 / 4, 0.25, 0.25));

        var resets = new List<ResetReport>();
        using var policy = new ReDoPolicy(graph, new() { Threshold = 0.2, SampleEvery = 1 });
        net.call(images);
        var scheduler = Nets.Scheduler(net, policy);
        scheduler.ResetCompleted += resets.Add;
        scheduler.Signal(BoundaryKind.ClassBoundary);
        resets.Single().Parameters.Single(rewrite => rewrite.Parameter == "conv.weight").Entries.Should().Be(2 * 9, "half of the channels were dormant");
    }

    // Each unit of "body" is read by three columns of two layers, once doubled; its mean is over all of them.
    [Fact]
    public void A_unit_that_two_layers_read_has_one_mean()
    {
        using var scope = NewDisposeScope();
        using var net = new TwoReaders();
        var options = new RepresentationOptions { Head = Nets.Head, Units = UnitGraph.Trace(net, ones(1, 2)) };
        var found = new RepresentationProbe(net, tensor(new[,] { { 3f, 0f } }), options).Measure().Layers;
        found.Should().Equal(new LayerActivity("body", 2, (3 + 3 + 6) / 3.0 / 2, 0.5, 0.5));
    }

    [Fact]
    public void A_graph_of_another_model_or_without_the_layer_is_refused()
    {
        using var scope = NewDisposeScope();
        var (net, other) = (Passing(2), Passing(2));
        var (graph, batch) = (UnitGraph.Trace(other, ones(1, 2)), ones(1, 2));
        FluentActions.Invoking(() => new RepresentationProbe(net, batch, new() { Head = Nets.Head, Units = graph }))
            .Should().Throw<ArgumentException>().WithMessage("Units is the graph of another model.*");
        FluentActions.Invoking(() => new RepresentationProbe(other, batch, new() { Head = Nets.Head, Units = graph, Layers = name => name == "head" }))
            .Should().Throw<ArgumentException>().WithMessage("No layer is selected whose units can be replaced*");
    }

    // Features of a layer that is called on two halves of the examples are one matrix, and its units have one mean.
    [Fact]
    public void Calls_of_one_layer_are_taken_together_and_positions_are_examples()
    {
        using var scope = NewDisposeScope();
        var net = new TwoCalls();
        var batch = tensor(new[, ,] { { { 1f, 0f }, { 3f, 0f } }, { { 0f, 0f }, { 0f, 8f } } });
        var record = new RepresentationProbe(net, batch, new RepresentationOptions { Layers = _ => true }).Measure();
        record.Layers.Should().Equal(new LayerActivity("head", 2, 1.5, 0, 0));
        record.Features.Should().BeEquivalentTo(new { Examples = 4, Dimensions = 2, MeanNorm = 3.0 });
    }

    [Fact]
    public void Half_precision_does_not_overflow()
    {
        using var scope = NewDisposeScope();
        var net = Passing(1);
        net.to(ScalarType.BFloat16);
        var record = new RepresentationProbe(net, full([2000, 1], 100, ScalarType.BFloat16), Head).Measure();
        record.Layers.Single().MeanActivation.Should().Be(100);
        record.Features.MeanNorm.Should().Be(100);
    }

    [Fact]
    public void Nothing_of_the_model_is_changed()
    {
        using var scope = NewDisposeScope();
        var net = Sequential(
            ("body", Linear(6, 5)), ("norm", BatchNorm1d(5)), ("drop", Dropout()), ("inner", Sequential(ReLU())), ("head", Linear(5, 8)));
        net.train();
        ((Module)net.named_modules().Single(m => m.name == "inner").module).eval();
        var modes = net.named_modules().Select(m => m.module.training).ToArray();
        var state = State(net);
        var probe = new RepresentationProbe(net, randn(20, 6), Head);
        var randomness = get_rng_state();

        probe.Measure().Should().BeEquivalentTo(probe.Measure(), "dropout is off");

        net.named_modules().Select(m => m.module.training).Should().Equal(modes);
        State(net).Should().BeEquivalentTo(state);
        net.parameters().Should().AllSatisfy(parameter => parameter.grad.Should().BeNull());
        Nets.Bits(get_rng_state()).Should().Equal(Nets.Bits(randomness));
    }

    [Fact]
    public void It_leaves_neither_tensors_nor_hooks_even_if_the_model_fails()
    {
        using var scope = NewDisposeScope();
        var net = Nets.Small();
        var probe = new RepresentationProbe(net, ones(3, 6), Head);
        var failing = new RepresentationProbe(net, ones(3, 7), Head);
        probe.Measure();
        net.train();
        var before = LiveTensors.BeforeTest();
        probe.Measure();
        failing.Invoking(p => p.Measure()).Should().Throw<Exception>();
        Tensor.TotalCount.Should().Be(before);
        net.training.Should().BeTrue();
        using (var inner = NewDisposeScope())
        {
            net.call(ones(2, 6)); // a hook that was left would keep a tensor
        }

        Tensor.TotalCount.Should().Be(before);
    }

    [Fact]
    public void What_cannot_be_looked_at_is_refused_at_once()
    {
        using var scope = NewDisposeScope();
        var net = Nets.Small();
        var batch = ones(2, 6);
        Refused<ArgumentException>(() => new(net, ones(0, 6), Head), "The batch is [0, 6]; it must be [n, …] with n at least 1.*");
        Refused<ArgumentException>(() => new(net, tensor(1f), Head), "The batch is []; it must be [n, …] with n at least 1.*");
        Refused<InvalidOperationException>(() => new(net, batch), "*2 Linear layers*");
        Refused<ArgumentException>(
            () => new(net, batch, new RepresentationOptions { Head = Nets.Head, Layers = _ => false }),
            "No layer of torch::nn::SequentialImpl is selected; it has 'body', 'head'.*");
        Refused<ArgumentException>(
            () => new(net, batch, new RepresentationOptions { Head = Nets.Head, DormantThreshold = 2 }),
            "Invalid RepresentationOptions: The field DormantThreshold must be between 0 and 1.*");
        Refused<NotSupportedException>(
            () => new(Sequential(("head", Conv2d(1, 2, 1))), ones(1, 1, 3, 3), Head), "The classifier of torch::nn::SequentialImpl is no Linear layer of it*");
        Refused<ArgumentNullException>(() => new(null!, batch), "*model*");
        Refused<ArgumentNullException>(() => new(net, null!), "*batch*");
    }

    [Fact]
    public void A_classifier_that_is_not_called_is_named()
    {
        using var scope = NewDisposeScope();
        var probe = new RepresentationProbe(new Uncalled(), ones(2, 2));
        probe.Invoking(p => p.Measure()).Should().Throw<InvalidOperationException>().WithMessage("The classifier was not called in the model's forward pass*");
    }

    private static Dictionary<string, byte[]> State(Module net) =>
        net.state_dict().ToDictionary(entry => entry.Key, entry => Nets.Bits(entry.Value), StringComparer.Ordinal);

    private static void Refused<T>(Func<RepresentationProbe> make, string message)
        where T : Exception => make.Should().Throw<T>().WithMessage(message);

    /// <summary>A body that passes its inputs on as they are, and a head.</summary>
    private static Sequential Passing(int units)
    {
        var body = Linear(units, units, hasBias: false);
        using var noGrad = no_grad();
        using var identity = eye(units);
        body.weight.copy_(identity);
        return Sequential(("body", body), ("head", Linear(units, 2)));
    }

    private sealed class TwoCalls : Module<Tensor, Tensor>
    {
        private readonly Linear head = Linear(2, 3);

        public TwoCalls()
            : base(nameof(TwoCalls)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return cat([.. input.chunk(2, 0).Select(half => head.call(half))]).MoveToOuterDisposeScope();
        }
    }

    private sealed class TwoReaders : Module<Tensor, Tensor>
    {
        private readonly Linear body = Linear(2, 2, hasBias: false);
        private readonly Linear side = Linear(4, 3);
        private readonly Linear head = Linear(2, 3);

        public TwoReaders()
            : base(nameof(TwoReaders))
        {
            RegisterComponents();
            using var noGrad = no_grad();
            using var identity = eye(2);
            body.weight.copy_(identity);
        }

        public override Tensor forward(Tensor input)
        {
            var features = body.call(input);
            return head.call(features) + side.call(cat([features, features * 2], 1));
        }
    }

    private sealed class Uncalled : Module<Tensor, Tensor>
    {
        private readonly Linear head = Linear(2, 3);

        public Uncalled()
            : base(nameof(Uncalled)) => RegisterComponents();

        public override Tensor forward(Tensor input) => head.forward(input);
    }
}
