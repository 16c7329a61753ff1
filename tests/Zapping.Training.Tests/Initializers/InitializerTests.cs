using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Initializers;

public sealed class RewriterTests
{
    private const int D = 2304;
    private const int U = 1000;

    public static TheoryData<string, Func<Initializer>, double> Scales => new()
    {
        { "Kaiming normal per row", () => Initializer.KaimingNormal(), Math.Sqrt(2.0 / D) },
        { "Kaiming uniform per row", () => Initializer.KaimingUniform(), Math.Sqrt(2.0 / D) },
        { "Xavier normal", Initializer.XavierNormal, Math.Sqrt(2.0 / (D + U)) },
        { "Xavier uniform", Initializer.XavierUniform, Math.Sqrt(2.0 / (D + U)) },
        { "layer default", () => Initializer.LayerDefault(), Math.Sqrt(1.0 / (3 * D)) },
    };

    [Theory]
    [MemberData(nameof(Scales))]
    public void Fresh_values_have_the_stated_scale(string name, Func<Initializer> initializer, double std)
    {
        using var scope = NewDisposeScope();
        using var head = Linear(D, U);
        Rewrite(head, ParameterSlice.All, initializer());
        head.weight.std().item<float>().Should().BeApproximately((float)std, (float)std * 0.01f, name);
        head.weight.mean().item<float>().Should().BeApproximately(0, (float)std * 0.01f);
    }

    // A convolution [64, 32, 3, 3] reads 32 * 9 numbers for each output, and each of its inputs is read for 64 * 9.
    public static TheoryData<string, Func<Initializer>, double> ConvolutionScales => new()
    {
        { "Kaiming normal per row", () => Initializer.KaimingNormal(), Math.Sqrt(2.0 / (32 * 9)) },
        { "Xavier normal", Initializer.XavierNormal, Math.Sqrt(2.0 / ((32 * 9) + (64 * 9))) },
        { "Xavier uniform", Initializer.XavierUniform, Math.Sqrt(2.0 / ((32 * 9) + (64 * 9))) },
        { "layer default", () => Initializer.LayerDefault(), Math.Sqrt(1.0 / (3 * 32 * 9)) },
    };

    [Theory]
    [MemberData(nameof(ConvolutionScales))]
    public void Fans_of_a_convolution_count_its_kernel(string name, Func<Initializer> initializer, double std)
    {
        using var scope = NewDisposeScope();
        using var conv = Conv2d(32, 64, 3);
        Nets.Scheduler(conv, WritePolicy.Of(() => conv.weight!, ParameterSlice.All, initializer())).Signal(BoundaryKind.ClassBoundary);
        conv.weight!.std().item<float>().Should().BeApproximately((float)std, (float)std * 0.02f, name);
    }

    [Theory]
    [InlineData(1, KaimingFan.PerRow, 0.02946)]
    [InlineData(100, KaimingFan.PerRow, 0.02946)]
    [InlineData(1000, KaimingFan.PerRow, 0.02946)]
    [InlineData(1, KaimingFan.AsPublished, 0.02946)]
    [InlineData(100, KaimingFan.AsPublished, 0.002946)]
    [InlineData(1000, KaimingFan.AsPublished, 0.0009317)]
    public void The_published_table_of_zap_scales_is_met(int rows, KaimingFan fan, double std)
    {
        using var scope = NewDisposeScope();
        using var head = Linear(D, U);
        var options = new ZapOptions { Weights = Initializer.KaimingNormal(fan), Units = UnitSelection.Random(rows) };
        var scheduler = Nets.Scheduler(head, new ZapPolicy(options));
        var repeats = rows == 1 ? 30 : 1; // one row of 2304 values alone is off by 1.5 %
        var squares = 0.0;
        using var before = head.weight.detach().clone();
        for (var i = 0; i < repeats; i++)
        {
            before.copy_(head.weight.detach());
            scheduler.Signal(BoundaryKind.ClassBoundary);
            var changed = head.weight.ne(before).any(1);
            changed.sum().item<long>().Should().Be(rows);
            squares += head.weight.detach()[changed].square().mean().item<float>() / repeats;
        }

        Math.Sqrt(squares).Should().BeApproximately(std, std * 0.01);
    }

    [Fact]
    public void Uniform_values_stay_within_their_bound()
    {
        using var scope = NewDisposeScope();
        using var head = Linear(D, U);
        Rewrite(head, ParameterSlice.All, Initializer.LayerDefault());
        head.weight.abs().max().item<float>().Should().BeInRange(0.99f / 48, 1f / 48);
    }

    [Fact]
    public void Zeros_and_constants_are_exact_on_rows_and_columns()
    {
        using var scope = NewDisposeScope();
        using var head = Linear(4, 3);
        Rewrite(head, ParameterSlice.Rows(2, 0), Initializer.Constant(0.25));
        Rewrite(head, ParameterSlice.Columns(1, 3), Initializer.Zeros());

        var expected = head.weight.detach().clone();
        expected[TensorIndex.Single(0)] = 0.25;
        expected[TensorIndex.Single(2)] = 0.25;
        expected[TensorIndex.Colon, TensorIndex.Single(1)] = 0;
        expected[TensorIndex.Colon, TensorIndex.Single(3)] = 0;
        head.weight.eq(expected).all().item<bool>().Should().BeTrue();
        head.weight[0, 0].item<float>().Should().Be(0.25f);
        head.weight[1, 1].item<float>().Should().Be(0f);
    }

    [Fact]
    public void Rewinding_restores_the_snapshot_in_the_slice_and_nothing_else()
    {
        using var net = Nets.Small();
        var before = Nets.Bits(net);
        using var snapshot = ParameterSnapshot.Capture(net);
        using var optimizer = optim.SGD(net.parameters(), 0.5);
        Nets.Step(net, optimizer);
        var after = Nets.Bits(net);

        Nets.Zap(net, o => (o.Weights, o.Units) = (Initializer.RewindTo(snapshot), UnitSelection.Indices(6, 1)));

        var row = Nets.Features * sizeof(float);
        var now = Nets.Bits(net)["head.weight"];
        for (var unit = 0; unit < Nets.Units; unit++)
        {
            var source = unit is 1 or 6 ? before : after;
            now.AsSpan(unit * row, row).SequenceEqual(source["head.weight"].AsSpan(unit * row, row)).Should().BeTrue($"row {unit}");
        }
    }

    [Fact]
    public void A_snapshot_without_the_parameter_or_of_another_shape_is_refused()
    {
        using var net = Nets.Small();
        using var other = Sequential(("head", Linear(3, 3)));
        using var snapshot = ParameterSnapshot.Capture(other);
        FluentActions.Invoking(() => Nets.Zap(net, o => o.Weights = Initializer.RewindTo(snapshot)))
            .Should().Throw<ArgumentException>().WithMessage("*'head.weight' has shape [8, 5]*[3, 3]*");

        using var empty = ParameterSnapshot.Capture(Sequential(("body", Linear(2, 2))));
        FluentActions.Invoking(() => Nets.Zap(net, o => o.Weights = Initializer.RewindTo(empty)))
            .Should().Throw<ArgumentException>().WithMessage("*no parameter 'head.weight'*body.weight*");
    }

    [Fact]
    public void Shrink_and_perturb_is_its_formula()
    {
        using var scope = NewDisposeScope();
        using var head = Linear(4, 3);
        var before = head.weight.detach().clone();
        var expected = (before * 0.4f) + 0.1f;
        Rewrite(head, ParameterSlice.All, Initializer.ShrinkAndPerturb(fresh: Initializer.Constant(1)));
        (head.weight - expected).abs().max().item<float>().Should().BeLessThan(1e-7f);
    }

    // 0.5 * w + 0.25 * (2 * w), in powers of two, so exactly w again: what is fresh may look at the current values too.
    [Fact]
    public void What_is_perturbed_with_may_need_the_current_values()
    {
        using var scope = NewDisposeScope();
        using var head = Linear(4, 3);
        var before = Nets.Bits(head.weight);
        Rewrite(head, ParameterSlice.Rows(0, 2), Initializer.ShrinkAndPerturb(0.5, 0.25, Initializer.ShrinkAndPerturb(2, 0)));
        Nets.Bits(head.weight).Should().Equal(before);
    }

    [Fact]
    public void A_fan_of_a_vector_is_refused_with_the_way_out()
    {
        using var head = Linear(4, 3);
        var policy = WritePolicy.Of(() => head.bias!, ParameterSlice.All, Initializer.KaimingNormal());
        FluentActions.Invoking(() => Nets.Scheduler(head, policy).Signal(BoundaryKind.ClassBoundary))
            .Should().Throw<ArgumentException>().WithMessage("*'bias' has 1 dimension*LayerDefault(fanIn)*");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Numbers_that_are_none_are_refused(double value)
    {
        FluentActions.Invoking(() => Initializer.Constant(value)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => Initializer.ShrinkAndPerturb(shrink: value)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => Initializer.ShrinkAndPerturb(perturb: -value)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => Initializer.LayerDefault(-1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void An_unknown_fan_is_refused()
    {
        FluentActions.Invoking(() => Initializer.KaimingNormal((KaimingFan)7)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("fan");
        FluentActions.Invoking(() => Initializer.KaimingUniform((KaimingFan)(-1))).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("fan");
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1e39)]
    [InlineData(ScalarType.Float16, 65_520)]
    [InlineData(ScalarType.BFloat16, -1e39)]
    public void Numbers_that_the_type_has_not_are_refused_and_not_made_infinite(ScalarType type, double value)
    {
        using var head = Linear(4, 3, dtype: type);
        var before = Nets.Bits(head.weight);

        FluentActions.Invoking(() => Rewrite(head, ParameterSlice.All, Initializer.Constant(value)))
            .Should().Throw<ArgumentException>().WithMessage($"*'weight' is of {type}, which has no {value}*");
        FluentActions.Invoking(() => Rewrite(head, ParameterSlice.All, Initializer.ShrinkAndPerturb(1, Math.Abs(value), Initializer.Zeros())))
            .Should().Throw<ArgumentException>().WithMessage($"*'weight' is of {type}*");

        Nets.Bits(head.weight).Should().Equal(before);
    }

    private static void Rewrite(Linear head, ParameterSlice slice, Initializer initializer) =>
        Nets.Scheduler(head, WritePolicy.Of(() => head.weight, slice, initializer)).Signal(BoundaryKind.ClassBoundary);
}
