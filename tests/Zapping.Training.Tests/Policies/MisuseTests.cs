using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies;

/// <summary>Every misuse meets an exception that says what is wrong, and changes nothing.</summary>
public sealed class MisuseTests
{
    [Fact]
    public void A_class_without_a_row() => Refused<ArgumentOutOfRangeException>(
        "*names class 8, which has no row: the classifier has rows for classes 0 to 7*", net => Nets.Zap(net, classes: [8]));

    [Fact]
    public void A_negative_class() => Refused<ArgumentOutOfRangeException>("*row*", net => Nets.Zap(net, classes: [-1]));

    [Fact]
    public void The_same_row_twice() => Refused<ArgumentException>(
        "*row 3 twice*", net => Nets.Zap(net, o => o.Units = UnitSelection.Indices(3, 1, 3)));

    [Fact]
    public void A_boundary_without_classes() => Refused<InvalidOperationException>(
        "*selection is empty: ClassBoundary 0 names no classes*", net => Nets.Zap(net, classes: []));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_rewriter_that_gives_numbers_that_are_not_finite(double value) => Refused<InvalidOperationException>(
        "The reset was not made: GivenRewriter gave NaN or infinite numbers in 'head.weight' (5 of 5).", net => Nets.Zap(net, o => o.Weights = new GivenRewriter(target => target.Values.fill_(value))));

    [Fact]
    public void A_condition_that_holds_for_no_unit() => Refused<InvalidOperationException>(
        "*selection is empty*none of 8 units*", net => Nets.Zap(net, o => o.Units = UnitSelection.Where(_ => false)));

    [Fact]
    public void An_empty_or_double_list_of_units()
    {
        FluentActions.Invoking(() => UnitSelection.Indices()).Should().Throw<ArgumentException>().WithMessage("*empty*");
        FluentActions.Invoking(() => UnitSelection.Indices(1, 1)).Should().Throw<ArgumentException>().WithMessage("*twice*");
        FluentActions.Invoking(() => UnitSelection.Random(0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void More_random_units_than_there_are() => Refused<InvalidOperationException>(
        "*9 random units*only 8*", net => Nets.Zap(net, o => o.Units = UnitSelection.Random(9)));

    [Fact]
    public void A_classifier_without_units() =>
        FluentActions.Invoking(() => HeadSelector.Single(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("classCount");

    [Fact]
    public void An_unknown_layer_lists_the_candidates() => Refused<InvalidOperationException>(
        "*no layer 'haed'*'body' (Linear, 5 units), 'head' (Linear, 8 units)*",
        net => Nets.Zap(net, o => o.Head = HeadSelector.ByName("haed")));

    [Fact]
    public void A_layer_that_is_no_head() => Refused<InvalidOperationException>(
        "*'relu' is a ReLU, no Linear*'head'*", net => Nets.Zap(net, o => o.Head = HeadSelector.ByName("relu")));

    [Fact]
    public void Several_possible_heads_are_listed() => Refused<InvalidOperationException>(
        "*2 Linear layers*'body'*'head'*", net => Nets.Zap(net, o => o.Head = HeadSelector.Single()));

    [Fact]
    public void A_class_count_finds_the_head_or_says_that_none_fits()
    {
        using var net = Nets.Small();
        Nets.Zap(net, o => o.Head = HeadSelector.Single(classCount: Nets.Units)).Should().BeTrue();
        Refused<InvalidOperationException>("*0 Linear layers with 7 units*", n => Nets.Zap(n, o => o.Head = HeadSelector.Single(7)));
    }

    [Fact]
    public void An_optimizer_that_does_not_hold_the_head() => Refused<InvalidOperationException>("*No optimizer holds*'head.weight'*", net =>
    {
        using var bodyOnly = optim.Adam(net.named_parameters().Where(p => p.name.StartsWith("body", StringComparison.Ordinal)).Select(p => p.parameter).ToList());
        Nets.Zap(net, optimizers: [bodyOnly]);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_parameter_replaced_after_the_optimizer_was_made(bool lazily) => Refused<InvalidOperationException>("*was replaced*make the optimizer afterwards*", net =>
    {
        using var optimizer = optim.Adam(lazily ? net.parameters() : [.. net.parameters()]);
        Nets.HeadOf(net).weight = Parameter(Nets.HeadOf(net).weight.detach().clone());
        Nets.Zap(net, optimizers: [optimizer]);
    });

    [Theory]
    [InlineData(OptimizerStateReset.Slice)]
    [InlineData(OptimizerStateReset.Parameter)]
    public void LBFGS_with_its_state_to_be_reset(OptimizerStateReset state) => Refused<NotSupportedException>("*LBFGS*native*Keep*", net =>
    {
        using var optimizer = optim.LBFGS(net.parameters(), 0.1, max_eval: 3);
        Nets.Zap(net, o => o.OptimizerState = state, optimizers: [optimizer]);
    });

    [Fact]
    public void LBFGS_with_its_state_kept_is_fine()
    {
        using var net = Nets.Small();
        using var optimizer = optim.LBFGS(net.parameters(), 0.1, max_eval: 3);
        Nets.Zap(net, optimizers: [optimizer]).Should().BeTrue();
    }

    [Fact]
    public void A_disposed_module()
    {
        var net = Nets.Small();
        var named = Nets.Scheduler(net, new ZapPolicy(new ZapOptions { Head = Nets.Head }));
        var layer = Nets.Scheduler(net, new ZapPolicy(new ZapOptions { Head = HeadSelector.Layer(Nets.HeadOf(net)) }));
        net.Dispose();
        layer.Invoking(s => s.Signal(BoundaryKind.ClassBoundary, 1)).Should().Throw<ObjectDisposedException>();
        named.Invoking(s => s.Signal(BoundaryKind.ClassBoundary, 1)).Should().Throw<Exception>()
            .Which.Should().Match(e => e is ObjectDisposedException || e is InvalidOperationException);
    }

    [Theory]
    [InlineData(double.NaN, 0.1)]
    [InlineData(-0.1, 0.1)]
    [InlineData(0.4, double.NaN)]
    [InlineData(0.4, 1.5)]
    public void Options_out_of_range(double shrink, double perturb) => FluentActions
        .Invoking(() => new ShrinkAndPerturbPolicy(new ShrinkAndPerturbOptions { Shrink = shrink, Perturb = perturb }))
        .Should().Throw<ArgumentException>().WithMessage("*between 0 and 1*");

    [Fact]
    public void A_parameter_of_another_model() => Refused<ArgumentException>("*does not belong to the model*", net =>
    {
        using var other = Nets.Small();
        Nets.Zap(net, o => o.Head = HeadSelector.Layer(Nets.HeadOf(other)));
    });

    [Fact]
    public void Shared_weights_unless_asked_for()
    {
        using var net = Sequential(("encoder", Linear(4, 6)), ("decoder", Linear(4, 6)));
        var (encoder, decoder) = ((Linear)net.children().First(), (Linear)net.children().Last());
        decoder.weight = encoder.weight;
        var before = Nets.Bits(encoder.weight);

        FluentActions.Invoking(() => Nets.Zap(net, o => o.Head = HeadSelector.ByName("decoder")))
            .Should().Throw<InvalidOperationException>().WithMessage("*'encoder.weight' is shared with 'decoder.weight'*AllowSharedWeights*");
        Nets.Bits(encoder.weight).Should().Equal(before);

        Nets.Zap(net, o => (o.Head, o.AllowSharedWeights) = (HeadSelector.ByName("decoder"), true)).Should().BeTrue();
        Nets.Bits(encoder.weight).Should().NotEqual(before);
    }

    [Fact]
    public void Weights_shared_with_a_native_embedding()
    {
        using var net = new TiedLanguageModel();
        FluentActions.Invoking(() => Nets.Zap(net, classes: [1], configure: o => o.Head = HeadSelector.ByName("head")))
            .Should().Throw<InvalidOperationException>().WithMessage("*is shared with*");
    }

    [Fact]
    public void Whole_numbers_cannot_be_reset()
    {
        using var net = new Counter();
        FluentActions.Invoking(() => Nets.Scheduler(net, WritePolicy.Of(() => net.Count, ParameterSlice.All, Initializer.Zeros())).Signal(BoundaryKind.ClassBoundary))
            .Should().Throw<NotSupportedException>().WithMessage("*'count' is of type Int64*");
    }

    [Fact]
    public void A_layer_without_known_initialization_is_named_by_shrink_and_perturb()
    {
        using var net = Sequential(("slope", PReLU(3)), ("head", Linear(3, 4)));
        var before = Nets.Bits(net);
        FluentActions.Invoking(() => Nets.Scheduler(net, new ShrinkAndPerturbPolicy()).Signal(BoundaryKind.ClassBoundary))
            .Should().Throw<NotSupportedException>().WithMessage("*'slope.weight'*Parameters*");
        Nets.Bits(net).Should().BeEquivalentTo(before);
        var onlyHead = new ShrinkAndPerturbOptions { Parameters = ParameterFilter.WithPrefix("head") };
        Nets.Scheduler(net, new ShrinkAndPerturbPolicy(onlyHead)).Signal(BoundaryKind.ClassBoundary).Should().BeTrue();
        var nothing = new ShrinkAndPerturbOptions { Parameters = ParameterFilter.Where(_ => false) };
        FluentActions.Invoking(() => Nets.Scheduler(net, new ShrinkAndPerturbPolicy(nothing)).Signal(BoundaryKind.ClassBoundary))
            .Should().Throw<InvalidOperationException>().WithMessage("The parameter set takes none of the parameters of *");
    }

    [Fact]
    public void A_weight_that_is_no_classifiers_is_refused_by_its_shape()
    {
        using var net = Nets.Small();
        var bias = Nets.HeadOf(net).bias!;
        var before = Nets.Bits(net);
        var policy = new ZapPolicy(new ZapOptions { Head = HeadSelector.Parameter(() => bias) });
        FluentActions.Invoking(() => Nets.Scheduler(net, policy).Signal(BoundaryKind.ClassBoundary, 1)).Should().Throw<InvalidOperationException>()
            .WithMessage("A classifier's weight is [units, features] or [units, features, 1, 1], but this one is [8].");
        Nets.Bits(net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void Frozen_parameters_are_neither_shrunk_nor_perturbed()
    {
        using var net = Nets.Small();
        var head = Nets.HeadOf(net);
        var frozen = net.named_parameters().Where(p => !p.name.StartsWith("head", StringComparison.Ordinal)).ToList();
        frozen.ForEach(p => p.parameter.requires_grad = false);
        var (before, headBefore) = (frozen.ConvertAll(p => Nets.Bits(p.parameter)), Nets.Bits(head.weight));

        Nets.Scheduler(net, new ShrinkAndPerturbPolicy()).Signal(BoundaryKind.ClassBoundary).Should().BeTrue();

        frozen.ConvertAll(p => Nets.Bits(p.parameter)).Should().BeEquivalentTo(before, each => each.WithStrictOrdering());
        Nets.Bits(head.weight).Should().NotEqual(headBefore);
    }

    private static void Refused<TException>(string message, Action<Sequential> act)
        where TException : Exception
    {
        using var net = Nets.Small();
        using var before = ParameterSnapshot.Capture(net);
        var replaced = Nets.HeadOf(net).weight;
        FluentActions.Invoking(() => act(net)).Should().Throw<TException>().WithMessage(message);
        foreach (var (name, parameter) in net.named_parameters())
        {
            Nets.Bits(parameter).Should().Equal(Nets.Bits(before[name]), name);
        }

        GC.KeepAlive(replaced);
    }

    private sealed class TiedLanguageModel : Module<Tensor, Tensor>
    {
        private readonly Embedding embedding = Embedding(5, 3);
        private readonly Linear head = Linear(3, 5);

        public TiedLanguageModel()
            : base(nameof(TiedLanguageModel))
        {
            head.weight = embedding.weight!;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => head.call(embedding.call(input));
    }

    private sealed class Counter : Module
    {
        private readonly Parameter count = Parameter(zeros(2, ScalarType.Int64), requires_grad: false);

        public Counter()
            : base(nameof(Counter)) => RegisterComponents();

        public Parameter Count => count;
    }
}
