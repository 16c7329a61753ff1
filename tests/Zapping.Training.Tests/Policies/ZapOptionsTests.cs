using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies;

/// <summary>Every answer that the options give: units, bias, heads, types, layouts.</summary>
public sealed class ZapOptionsTests
{
    public static TheoryData<string, Func<UnitSelection>, int[]> Selections => new()
    {
        { "the boundary's classes", () => UnitSelection.BoundaryClasses, [5, 2] },
        { "all", () => UnitSelection.All, [0, 1, 2, 3, 4, 5, 6, 7] },
        { "a list", () => UnitSelection.Indices(7, 0, 3), [0, 3, 7] },
        { "a condition", () => UnitSelection.Where(unit => unit % 3 == 0), [0, 3, 6] },
    };

    [Theory]
    [MemberData(nameof(Selections))]
    public void Units_are_the_chosen_ones(string name, Func<UnitSelection> units, int[] expected)
    {
        using var net = Nets.Small();
        var changed = ChangedRows(net, () => Nets.Zap(net, o => o.Units = units(), classes: [5, 2]));
        changed.Should().BeEquivalentTo(expected, name);
    }

    [Fact]
    public void Random_units_are_as_many_as_asked_new_each_time_and_all_get_their_turn()
    {
        using var net = Nets.Small();
        var scheduler = Nets.Scheduler(net, new ZapPolicy(new ZapOptions { Head = Nets.Head, Units = UnitSelection.Random(3) }));
        var draws = Enumerable.Range(0, 60)
            .Select(_ => string.Join(',', ChangedRows(net, () => scheduler.Signal(BoundaryKind.ClassBoundary)))).ToList();
        draws.Should().OnlyContain(draw => draw.Split(',', StringSplitOptions.None).Length == 3);
        draws.Distinct(StringComparer.Ordinal).Count().Should().BeGreaterThan(20);
        draws.SelectMany(draw => draw.Split(',')).Distinct(StringComparer.Ordinal).Should().HaveCount(Nets.Units);
    }

    [Theory]
    [InlineData(BiasReset.Keep)]
    [InlineData(BiasReset.Zero)]
    [InlineData(BiasReset.Redraw)]
    public void The_bias_is_treated_as_asked(BiasReset bias)
    {
        using var net = Nets.Small();
        var head = Nets.HeadOf(net);
        var before = head.bias!.data<float>().ToArray();

        Nets.Zap(net, o => o.Bias = bias, classes: [4]);

        var after = head.bias!.data<float>().ToArray();
        after.Where((_, unit) => unit != 4).Should().Equal(before.Where((_, unit) => unit != 4));
        switch (bias)
        {
            case BiasReset.Keep:
                after[4].Should().Be(before[4]);
                break;
            case BiasReset.Zero:
                after[4].Should().Be(0);
                break;
            default:
                after[4].Should().NotBe(before[4]).And.BeInRange(-1 / MathF.Sqrt(5), 1 / MathF.Sqrt(5));
                break;
        }
    }

    [Fact]
    public void The_recommended_options_redraw_the_whole_classifier_and_have_the_optimizer_forget_it()
    {
        using var net = Nets.Small();
        using var optimizer = optim.Adam(net.parameters(), 1e-3);
        Nets.Step(net, optimizer);
        var head = Nets.HeadOf(net);
        var options = ZapOptions.Recommended with { Head = Nets.Head };

        var changed = ChangedRows(net, () => new ZapScheduler(
            net, [optimizer], new ZapPolicy(options), new ResetSchedule(BoundaryKind.EpochBoundary)).Signal(BoundaryKind.EpochBoundary));

        changed.Should().Equal(Enumerable.Range(0, Nets.Units));
        head.bias!.count_nonzero().item<long>().Should().Be(0);
        var state = optimizer.state_dict().State.OfType<Adam.State>().Select(s => s.exp_avg.abs().sum().item<float>()).ToList();
        state.Should().HaveCount(4);
        state.Count(sum => sum == 0).Should().Be(2, "those of the classifier's weight and bias");
    }

    [Fact]
    public void A_recipe_is_shared_and_changed_by_a_copy_only()
    {
        var recommended = ZapOptions.Recommended;

        recommended.Invoking(options => options.Head = "head").Should().Throw<InvalidOperationException>()
            .WithMessage("These ZapOptions are shared and cannot be changed: make your own by `with`*");
        (recommended with { Head = "head" }).Invoking(own => own.Bias = BiasReset.Keep).Should().NotThrow();
        ZapOptions.Recommended.Should().BeSameAs(recommended).And.Be(recommended with { });
        new ZapPolicy(ZapOptions.Published).Description.Should().Equal(new ZapPolicy().Description);
    }

    [Fact]
    public void A_1x1_convolution_is_a_head()
    {
        using var net = Sequential(("body", Conv2d(1, 4, 3)), ("head", Conv2d(4, 6, 1)));
        var weight = ((Conv2d)net.named_children().Last().module).weight!;
        ChangedRows(weight, () => Nets.Zap(net, classes: [3])).Should().Equal(3);
        ChangedRows(weight, () => Nets.Zap(net, o => o.Head = HeadSelector.Layer((Conv2d)net.named_children().Last().module), classes: [1]))
            .Should().Equal(1);
    }

    [Fact]
    public void A_parameter_given_by_expression_is_a_head_even_after_it_was_replaced()
    {
        using var net = new BareHead();
        var policy = new ZapPolicy(new ZapOptions { Head = HeadSelector.Parameter(() => net.W, () => net.B), Bias = BiasReset.Zero });
        var scheduler = Nets.Scheduler(net, policy);
        ChangedRows(net.W, () => scheduler.Signal(BoundaryKind.ClassBoundary, 1)).Should().Equal(1);
        net.to(ScalarType.Float64);
        net.W.dtype.Should().Be(ScalarType.Float64);
        ChangedRows(net.W, () => scheduler.Signal(BoundaryKind.ClassBoundary, 2)).Should().Equal(2);
        net.B[2].item<double>().Should().Be(0);
    }

    [Fact]
    public void Several_heads_one_per_task()
    {
        using var net = Sequential(("heads", Sequential(("0", Linear(4, 3)), ("1", Linear(3, 3)))));
        var heads = net.named_modules().Select(m => m.module).OfType<Linear>().ToList();
        var policy = new ZapPolicy(new ZapOptions { Head = HeadSelector.PerBoundary(b => HeadSelector.ByName($"heads.{b.Index}")) });
        var scheduler = new ZapScheduler(net, [], policy, new ResetSchedule(BoundaryKind.TaskBoundary));

        ChangedRows(heads[1].weight, () =>
            ChangedRows(heads[0].weight, () => scheduler.Signal(BoundaryKind.TaskBoundary, 0, 2)).Should().Equal(0, 2)).Should().BeEmpty();
        ChangedRows(heads[1].weight, () => scheduler.Signal(BoundaryKind.TaskBoundary, 1)).Should().Equal(1);
    }

    [Fact]
    public void A_head_that_is_not_contiguous_is_reset_in_place()
    {
        using var net = new BareHead(transposed: true);
        net.W.is_contiguous().Should().BeFalse();
        var strides = net.W.stride();
        ChangedRows(net.W, () => Nets.Zap(net, o => (o.Head, o.Units) = (HeadSelector.Parameter(() => net.W), UnitSelection.Indices(0, 3))))
            .Should().Equal(0, 3);
        net.W.stride().Should().Equal(strides);
    }

    [Fact]
    public void All_types_get_the_same_values_rounded()
    {
        float[] Row(ScalarType type)
        {
            using var net = Nets.Small(type);
            Nets.Zap(net, classes: [2], seed: 9);
            using var row = Nets.HeadOf(net).weight.detach()[2].to(ScalarType.Float32);
            return row.data<float>().ToArray();
        }

        var exact = Row(ScalarType.Float32);
        Row(ScalarType.Float64).Should().Equal(exact);
        foreach (var type in new[] { ScalarType.BFloat16, ScalarType.Float16 })
        {
            using var rounded = tensor(exact).to(type).to(ScalarType.Float32);
            Row(type).Should().Equal(rounded.data<float>().ToArray());
        }
    }

    [Fact]
    public void A_reset_on_CUDA_repeats_itself_and_touches_no_other_row()
    {
        Assert.SkipUnless(cuda.is_available(), "CUDA is not available");
        var weights = Enumerable.Range(0, 2).Select(_ =>
        {
            using var net = Nets.Small();
            net.to(CUDA);
            ChangedRows(net, () => Nets.Zap(net, o => o.Units = UnitSelection.Indices(0, 2))).Should().Equal(0, 2);
            ChangedRows(net, () => Nets.Zap(net, o => o.Units = UnitSelection.Indices(1, 2))).Should().Equal(1, 2);
            return Nets.Bits(Nets.HeadOf(net).weight.detach()[1].cpu());
        }).ToList();
        weights[0].Should().Equal(weights[1]);
    }

    [Fact]
    public void Every_bad_option_is_named()
    {
        var bad = new ZapOptions { Head = null!, Bias = (BiasReset)9 };
        FluentActions.Invoking(() => new ZapPolicy(bad)).Should().Throw<ArgumentException>().WithMessage("*Head*Bias*");
    }

    private static List<int> ChangedRows(Sequential net, Action act) => ChangedRows(Nets.HeadOf(net).weight, act);

    private static List<int> ChangedRows(Parameter parameter, Action act)
    {
        using var scope = NewDisposeScope();
        var before = parameter.detach().clone();
        act();
        var changed = parameter.ne(before).reshape(parameter.shape[0], -1).any(1);
        return [.. Enumerable.Range(0, (int)parameter.shape[0]).Where(row => changed[row].item<bool>())];
    }

    private sealed class BareHead : Module<Tensor, Tensor>
    {
        private Parameter w;
        private Parameter b;

        public BareHead(bool transposed = false)
            : base(nameof(BareHead))
        {
            w = transposed ? Parameter(rand(3, 4).t()) : Parameter(rand(4, 3));
            b = Parameter(rand(4));
            RegisterComponents();
        }

        public Parameter W => w;

        public Parameter B => b;

        public override Tensor forward(Tensor input) => functional.linear(input, w, b);
    }
}
