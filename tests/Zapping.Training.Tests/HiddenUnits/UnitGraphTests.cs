using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.HiddenUnits;

/// <summary>What is coupled with what, in models whose answer is plain.</summary>
public sealed class UnitGraphTests
{
    [Fact]
    public void Two_linear_layers()
    {
        using var net = Nets.Small();
        var graph = UnitGraph.Trace(net, ones(3, 6));
        graph.ReplaceableLayers.Should().Equal("body");
        graph.ExcludedLayers.Should().ContainKey("head").WhoseValue.Should().Be("its units reach the model's output past every other layer");
        Columns(graph, "body", "head").Should().BeEquivalentTo(new[] { new[] { 0 }, [1], [2], [3], [4] }, o => o.WithStrictOrdering());
    }

    [Fact]
    public void A_channel_has_all_its_positions_behind_a_flatten()
    {
        using var net = Sequential(
            ("first", Conv2d(1, 5, 3)), ("norm", BatchNorm2d(5)), ("relu", ReLU()), ("pool", MaxPool2d(2)),
            ("second", Conv2d(5, 3, 2)), ("instance", InstanceNorm2d(3, affine: true)), ("drop", Dropout()),
            ("flatten", Flatten()), ("head", Linear(12, 4)));
        var graph = UnitGraph.Trace(net, rand(1, 1, 8, 8));
        graph.ReplaceableLayers.Should().Equal("first", "second");
        Columns(graph, "first", "second").Should().BeEquivalentTo(new[] { new[] { 0 }, [1], [2], [3], [4] }, o => o.WithStrictOrdering());
        Columns(graph, "second", "head").Should().BeEquivalentTo(new[] { new[] { 0, 1, 2, 3 }, [4, 5, 6, 7], [8, 9, 10, 11] }, o => o.WithStrictOrdering());
        graph.Layers[0].Norms.Should().ContainSingle().Which.Norm.Name.Should().Be("norm");
        graph.Layers[1].Norms.Should().ContainSingle().Which.Norm.Name.Should().Be("instance");
        net.training.Should().BeTrue();
    }

    [Fact]
    public void Layer_norm_keeps_units_apart_and_functions_are_seen_through()
    {
        using var net = new Wired(
            [Linear(4, 6), LayerNorm(6), Linear(6, 6), GroupNorm(3, 6), Linear(6, 2)],
            (p, x) => p[4].call(functional.gelu(p[3].call(p[2].call(p[1].call(p[0].call(x)).clamp(min: 0)).unsqueeze(2)).squeeze(2).flip(1))));
        var graph = UnitGraph.Trace(net, rand(2, 4));
        graph.ReplaceableLayers.Should().Equal("0", "2");
        Columns(graph, "2", "4").Should().BeEquivalentTo(new[] { new[] { 5 }, [4], [3], [2], [1], [0] }, o => o.WithStrictOrdering());
        graph.Layers[0].Norms.Single().Channels[3].Should().Equal(3);
    }

    [Fact]
    public void Dead_units_and_zero_weights_hide_nothing()
    {
        using var net = Nets.Small();
        using (no_grad())
        {
            net.parameters().ToList().ForEach(p => p.zero_());
        }

        UnitGraph.Trace(net, zeros(1, 6)).ReplaceableLayers.Should().Equal("body");
    }

    [Fact]
    public void Concatenated_layers_are_told_apart_and_two_consumers_are_both_found()
    {
        using var net = new Wired(
            [Linear(4, 2), Linear(4, 3), Linear(5, 3), Linear(5, 1)],
            (p, x) =>
            {
                var both = cat([p[0].call(x), p[1].call(x)], 1).relu();
                return p[2].call(both) + p[3].call(both);
            });
        var graph = UnitGraph.Trace(net, rand(1, 4));
        graph.ReplaceableLayers.Should().Equal("0", "1");
        Columns(graph, "1", "3").Should().BeEquivalentTo(new[] { new[] { 2 }, [3], [4] }, o => o.WithStrictOrdering());
        graph.Layers[0].Consumers.Should().HaveCount(2);
    }

    public static TheoryData<string, Func<Module<Tensor, Tensor>>, string, string> Refusals => new()
    {
        {
            "a residual of the input", () => Wire([Linear(4, 4), Linear(4, 2)], (p, x) => p[1].call(p[0].call(x).relu() + x)),
            "0", "'1', which sees its units, gets them together with the model's input"
        },
        {
            "a residual of a layer", () => Wire([Linear(4, 4), Linear(4, 4), Linear(4, 2)], (p, x) => p[2].call(p[0].call(x) + p[1].call(p[0].call(x).relu()))),
            "1", "'2', which sees its units, gets them together with units of '0'"
        },
        {
            "a shortcut to the output", () => Wire([Linear(4, 2), Linear(2, 2)], (p, x) =>
            {
                var hidden = p[0].call(x);
                return p[1].call(hidden.relu()) + hidden;
            }),
            "0", "its units reach the model's output past every other layer"
        },
        {
            "a gate", () => Wire([Linear(4, 3), Linear(4, 3), Linear(3, 2)], (p, x) => p[2].call(p[0].call(x) * p[1].call(x).sigmoid())),
            "0", "'2', which sees its units, gets them together with units of '1'"
        },
        {
            "a mixture", () => Wire([Linear(4, 3), Softmax(1), Linear(3, 2)], (p, x) => p[2].call(p[1].call(p[0].call(x)))),
            "0", "'2', which sees its units, gets several of them in one input"
        },
        {
            "a layer called twice", () => Wire([Linear(4, 4), Linear(4, 4), Linear(4, 2)], (p, x) => p[2].call(p[1].call(p[1].call(p[0].call(x)).relu()))),
            "1", "it is called 2 times in a forward pass, not once"
        },
        {
            "a consumer called twice", () => Wire([Linear(4, 4), Linear(4, 4), Linear(4, 2)], (p, x) => p[2].call(p[1].call(p[1].call(p[0].call(x)).relu()))),
            "0", "'1', which sees its units, is called 2 times in a forward pass, not once"
        },
        {
            "a layer not called", () => Wire([Linear(4, 4), Linear(4, 2)], (p, x) => p[1].call(x)),
            "0", "it is called 0 times in a forward pass, not once"
        },
        {
            "a depthwise convolution", () => Wire([Conv2d(1, 4, 1), Conv2d(4, 4, 1, groups: 4), Flatten(), Linear(16, 2)], (p, x) => p[3].call(p[2].call(p[1].call(p[0].call(x.reshape(-1, 1, 2, 2)))))),
            "0", "'1', which sees its units, is a convolution with groups"
        },
        {
            "units that are cut off", () => Wire([Linear(4, 5), Linear(3, 2)], (p, x) => p[1].call(p[0].call(x).narrow(1, 0, 3))),
            "0", "2 of its units are seen by no layer"
        },
        {
            "a shared weight", Tied, "0", "'1', which sees its units, shares a weight: '1.weight' and '2.weight' are one"
        },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_cannot_be_taken_apart_says_why(string name, Func<Module<Tensor, Tensor>> make, string layer, string reason)
    {
        using var net = make();
        var graph = UnitGraph.Trace(net, rand(2, 4));
        graph.ExcludedLayers.Should().ContainKey(layer, name).WhoseValue.Should().Be(reason);
        graph.ReplaceableLayers.Should().NotContain(layer);
    }

    [Fact]
    public void A_depthwise_convolution_is_hidden_itself()
    {
        using var net = Wire(
            [Conv2d(1, 4, 1), Conv2d(4, 4, 1, groups: 4), Flatten(), Linear(16, 2)],
            (p, x) => p[3].call(p[2].call(p[1].call(p[0].call(x.reshape(-1, 1, 2, 2))))));
        UnitGraph.Trace(net, rand(2, 4)).ReplaceableLayers.Should().Equal("1");
    }

    [Fact]
    public void Bad_examples_and_regrouped_ones_are_refused()
    {
        using var net = Nets.Small();
        FluentActions.Invoking(() => UnitGraph.Trace(net, ones(6))).Should().Throw<ArgumentException>().WithMessage("*floating-point examples*Float32 [6]*");
        FluentActions.Invoking(() => UnitGraph.Trace(net, ones(1, 6, ScalarType.Int64))).Should().Throw<ArgumentException>().WithMessage("*Int64 [1, 6]*");
        FluentActions.Invoking(() => UnitGraph.Trace(net, full(1, 6, double.NaN))).Should().Throw<InvalidOperationException>()
            .WithMessage("The input of 'body' is NaN for the given example*");
        using var regrouping = Wire([Linear(2, 3), Linear(6, 2)], (p, x) => p[1].call(p[0].call(x.reshape(-1, 2)).reshape(-1, 6)));
        FluentActions.Invoking(() => UnitGraph.Trace(regrouping, ones(1, 4))).Should().Throw<InvalidOperationException>()
            .WithMessage("The input of '0' is [4, 2] for 2 examples*first dimension counts examples*");
    }

    [Fact]
    public void Nothing_of_the_model_changes_and_no_hook_stays()
    {
        using var net = Sequential(("conv", Conv2d(1, 3, 3)), ("norm", BatchNorm2d(3)), ("flatten", Flatten()), ("head", Linear(12, 2)));
        var example = rand(4, 1, 4, 4);
        net.eval();
        var before = Nets.Bits(net.call(example));
        net.train();
        UnitGraph.Trace(net, example);
        net.training.Should().BeTrue();
        net.eval();
        Nets.Bits(net.call(example)).Should().Equal(before, "running statistics, weights and hooks are as they were");
    }

    [Fact]
    public void A_normalization_of_ones_own_is_taken_for_one_only_if_that_is_said()
    {
        using var net = Sequential(("a", Linear(4, 3)), ("own", new Scale(ones(3))), ("relu", PReLU(3)), ("head", Linear(3, 2)));
        var graph = UnitGraph.Trace(net, rand(1, 4));
        graph.ReplaceableLayers.Should().BeEmpty();
        graph.ExcludedLayers["a"].Should().Be("its units pass 'own' (Scale), which has parameters and is not known; if it is a normalization, say so");
        UnitGraph.Trace(net, rand(1, 4), module => module is Scale).Layers.Single().Norms.Single().Channels.Select(c => c.Single()).Should().Equal(0, 1, 2);

        using var other = Sequential(("a", Linear(4, 3)), ("own", new Scale(ones(1, 3))), ("head", Linear(3, 2)));
        FluentActions.Invoking(() => UnitGraph.Trace(other, rand(1, 4), module => module is Scale)).Should().Throw<ArgumentException>()
            .WithMessage("'own' (Scale) is said to be a normalization, but has parameters other than a weight and a bias of one dimension.");
    }

    private static IReadOnlyList<int[]> Columns(UnitGraph graph, string layer, string consumer) => graph.Layers.Single(l => l.Layer.Name == layer)
        .Consumers.Single(c => c.Layer.Name == consumer).Columns;

    private static Wired Wire(Module<Tensor, Tensor>[] parts, Func<IReadOnlyList<Module<Tensor, Tensor>>, Tensor, Tensor> forward) =>
        new(parts, forward);

    private static Wired Tied()
    {
        var (first, second) = (Linear(4, 4), Linear(4, 4));
        second.weight = first.weight;
        return new([Linear(4, 4), first, second, Linear(4, 2)], (p, x) => p[3].call(p[2].call(p[1].call(p[0].call(x)))));
    }

    private sealed class Scale : Module<Tensor, Tensor>
    {
        private readonly Parameter weight;

        public Scale(Tensor factors)
            : base(nameof(Scale))
        {
            weight = Parameter(factors);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => input * weight;
    }
}
