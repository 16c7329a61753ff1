using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies.LaterLayerForgetting;

public sealed class LaterLayersPolicyTests
{
    public static TheoryData<string, Func<LayerRange>, string[]> Ranges => new()
    {
        { "last one", () => LayerRange.Last(1), ["head.weight", "head.bias"] },
        { "last two with the norm between", () => LayerRange.Last(2), ["conv2.weight", "conv2.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked", "head.weight", "head.bias"] },
        { "from a norm", () => LayerRange.From("norm"), ["norm.weight", "norm.bias", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked", "head.weight", "head.bias"] },
        { "from a block", () => LayerRange.From("blocks"), ["blocks.0.weight", "blocks.0.bias", "conv2.weight", "conv2.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked", "head.weight", "head.bias"] },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Later_is_what_is_called_later(string name, Func<LayerRange> range, string[] written)
    {
        using var net = new Backwards();
        var reports = Reports(net, new LaterLayerForgettingPolicy(net, ones(1, 1, 4, 4), new() { Layers = range() }));
        reports.Parameters.Select(r => r.Parameter).Should().Equal(written, name);
        reports.Parameters.Should().OnlyContain(r => r.Slice == ParameterSlice.All);
    }

    [Fact]
    public void Values_are_those_of_new_layers()
    {
        using var net = new Backwards();
        using (no_grad())
        {
            net.parameters().ToList().ForEach(p => p.fill_(7));
            net.call(ones(2, 1, 4, 4)); // in train mode, so running statistics have moved
        }

        Reports(net, new LaterLayerForgettingPolicy(net, ones(1, 1, 4, 4), new() { Layers = LayerRange.Last(2) }));
        net.First.weight!.eq(7).all().item<bool>().Should().BeTrue();
        Within(net.Second.weight!, 1 / Math.Sqrt(3 * 2 * 2));
        Within(net.Second.bias!, 1 / Math.Sqrt(3 * 2 * 2));
        net.Norm.weight!.eq(1).all().item<bool>().Should().BeTrue();
        net.Norm.bias!.eq(0).all().item<bool>().Should().BeTrue();
        net.Norm.running_mean!.eq(0).all().item<bool>().Should().BeTrue();
        net.Norm.running_var!.eq(1).all().item<bool>().Should().BeTrue();
        net.Norm.num_batches_tracked!.item<long>().Should().Be(0);

        static void Within(Tensor values, double bound)
        {
            values.abs().max().item<float>().Should().BeInRange((float)bound / 8, (float)bound);
            values.unique().Item1.numel().Should().Be(values.numel());
        }
    }

    [Theory]
    [InlineData(BiasReset.Keep, 7f)]
    [InlineData(BiasReset.Zero, 0f)]
    public void Weights_and_biases_are_drawn_as_asked(BiasReset bias, float expected)
    {
        using var net = new Backwards();
        using (no_grad())
        {
            net.parameters().ToList().ForEach(p => p.fill_(7));
        }

        Reports(net, new LaterLayerForgettingPolicy(net, ones(1, 1, 4, 4), new() { Weights = Initializer.Constant(3), Bias = bias }));
        net.Head.weight.eq(3).all().item<bool>().Should().BeTrue();
        net.Head.bias!.eq(expected).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void What_is_not_known_is_refused_by_name()
    {
        using var net = new Backwards();
        Refused<ArgumentException>(net, LayerRange.Last(4), "The last 4 layers were asked for, but the model has only 3 linear layers and convolutions.");
        Refused<ArgumentException>(net, LayerRange.From("blok"), "The model calls no layer 'blok' with parameters; it calls 'blocks.0', 'conv2', 'norm', 'head'.");
        using var unseen = new Wired([Linear(4, 4), Linear(4, 4)], (p, x) => p[0].call(x));
        Refused<NotSupportedException>(unseen, LayerRange.Last(1), "'1' (Linear) has parameters, but no call() of it is seen*", ones(1, 4));
        using var unknown = new Wired([Linear(4, 4), PReLU(4), Linear(4, 4)], (p, x) => p[2].call(p[1].call(p[0].call(x))));
        Refused<NotSupportedException>(unknown, LayerRange.Last(2), "The initialization of '1.weight' (PReLU) is not known*", ones(1, 4));
        var told = new LaterLayerForgettingOptions
        {
            Layers = LayerRange.Last(2),
            OwnModules = (module, member) => module is TorchSharp.Modules.PReLU && member == "weight" ? Initializer.Constant(0.25) : null,
        };
        Reports(unknown, new LaterLayerForgettingPolicy(unknown, ones(1, 4), told)).Parameters.Select(r => r.Parameter).Should().Equal(
            "0.weight", "0.bias", "1.weight", "2.weight", "2.bias");
        FluentActions.Invoking(() => LayerRange.Last(0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => LayerRange.From(" ")).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_weight_that_an_earlier_layer_shares_is_refused()
    {
        using var net = Sequential(("first", Linear(4, 4)), ("second", Linear(4, 4)));
        ((Linear)net[1]).weight = ((Linear)net[0]).weight;
        FluentActions.Invoking(() => Reports(net, new LaterLayerForgettingPolicy(net, ones(1, 4)))).Should().Throw<InvalidOperationException>()
            .WithMessage("The weight 'first.weight' is shared with 'second.weight': a reset would change that layer too.");
    }

    [Fact]
    public void A_head_is_reset_every_so_many_steps_and_at_most_so_often()
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small();
        using var optimizer = optim.Adam(net.parameters());
        using var trainer = new ContinualTrainer(net, optimizer).UseLaterLayerForgetting(
            Nets.Example(net), new ResetSchedule(BoundaryKind.StepBoundary) { Period = 3, AtMost = 2, SkipFirst = true, Seed = 4 });
        var resets = new List<(long Step, string[] Written)>();
        trainer.Schedulers.Single().ResetCompleted += report => resets.Add((report.Boundary.Index, [.. report.Parameters.Select(r => r.Parameter)]));
        for (var i = 0; i < 12; i++)
        {
            trainer.TrainStep(rand(2, 6), tensor([1L, 2]));
        }

        resets.Select(r => r.Step).Should().Equal(3, 6);
        resets[0].Written.Should().Equal("head.weight", "head.bias");
        trainer.Schedulers.Single().Schedule.Should().Be(
            new ResetSchedule(BoundaryKind.StepBoundary) { Period = 3, AtMost = 2, SkipFirst = true, Seed = 4 });
        optimizer.state_dict().State.Cast<Adam.State>().Select(s => s.step).Should().Equal(12, 12, 6, 6);
    }

    [Fact]
    public void Every_bad_option_is_named()
    {
        using var net = Nets.Small();
        var bad = new LaterLayerForgettingOptions { Layers = null!, Weights = null!, Bias = (BiasReset)9, OwnModules = null!, OptimizerState = (OptimizerStateReset)9 };
        FluentActions.Invoking(() => new LaterLayerForgettingPolicy(net, Nets.Example(net), bad)).Should().Throw<ArgumentException>()
            .WithMessage("*Layers*Weights*Bias*OwnModules*OptimizerState*");
    }

    private static void Refused<TException>(Module<Tensor, Tensor> net, LayerRange layers, string message, Tensor? example = null)
        where TException : Exception => FluentActions.Invoking(() => new LaterLayerForgettingPolicy(net, example ?? ones(1, 1, 4, 4), new() { Layers = layers }))
        .Should().Throw<TException>().WithMessage(message);

    private static ResetReport Reports(Module net, IResetPolicy policy)
    {
        ResetReport? made = null;
        var scheduler = Nets.Scheduler(net, policy);
        scheduler.ResetCompleted += report => made = report;
        scheduler.Signal(BoundaryKind.ClassBoundary);
        return made!;
    }

    /// <summary>Declares its layers in another order than it calls them.</summary>
    private sealed class Backwards : Module<Tensor, Tensor>
    {
        private readonly Linear head = Linear(8, 3);
        private readonly BatchNorm2d norm = BatchNorm2d(2);
        private readonly Conv2d conv2 = Conv2d(3, 2, 2);
        private readonly Sequential blocks = Sequential(Conv2d(1, 3, 2));

        public Backwards()
            : base(nameof(Backwards)) => RegisterComponents();

        public Conv2d First => (Conv2d)blocks[0];

        public Conv2d Second => conv2;

        public BatchNorm2d Norm => norm;

        public Linear Head => head;

        public override Tensor forward(Tensor input) => head.call(norm.call(conv2.call(blocks.call(input).relu())).flatten(1));
    }
}
