using CsCheck;
using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Optimizers;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Optimizers;

/// <summary>Fused steps equal TorchSharp's, whatever the tensors look like.</summary>
public sealed class FusedAgreementTests
{
    public static TheoryData<string> Pairs => [.. FusedPairs.Names];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Any_shapes_types_and_gaps_give_what_TorchSharp_gives(string name)
    {
        var shapes = Gen.Int[0, 9].Array[0, 3].Array[1, 4];
        Gen.Select(shapes, Gen.Bool, Gen.ULong).Sample(
            (sizes, single, seed) =>
            {
                using var scope = NewDisposeScope();
                using var generator = new Generator(seed);
                var type = single ? ScalarType.Float32 : ScalarType.Float64;
                Tensor Draw(int[] size) => randn([.. size.Select(s => (long)s)], generator: generator).to(type);
                var fused = sizes.Select(size => FusedPairs.Copy(Draw(size))).ToList();
                var plain = fused.ConvertAll(FusedPairs.Copy);
                using var one = FusedPairs.All[name].Fused(fused);
                using var other = FusedPairs.All[name].Plain(plain);
                for (var step = 0; step < 5; step++)
                {
                    for (var i = 0; i < sizes.Length; i++)
                    {
                        var gradient = (step + i) % 3 == 2 ? null : Draw(sizes[i]);
                        fused[i].grad = gradient;
                        plain[i].grad = gradient?.clone();
                    }

                    one.step();
                    other.step();
                }

                return fused.Zip(plain).All(pair => FusedPairs.Difference(pair.First, pair.Second) < (single ? 1e-5 : 1e-12));
            },
            iter: 25);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Strides_of_parameters_and_gradients_do_not_matter(string name) => EqualsPlain(
        name,
        values => new Parameter(values.t()),
        values => new Parameter(values.t()),
        gradient => gradient.t().clone().t(),
        1e-12);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Sparse_gradients_move_parameters_as_dense_ones_do(string name) => EqualsPlain(
        name, FusedPairs.Copy, FusedPairs.Copy, gradient => gradient.to_sparse(), 1e-12);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Half_precision_is_computed_in_single_and_rounded_once(string name)
    {
        foreach (var type in new[] { ScalarType.Float16, ScalarType.BFloat16 })
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(5);
            var half = FusedPairs.Copy(randn([5, 7], generator: generator).to(type));
            var single = FusedPairs.Copy(half.detach().to(ScalarType.Float32));
            half.grad = randn([5, 7], generator: generator).to(type);
            single.grad = half.grad.to(ScalarType.Float32);
            using var one = FusedPairs.All[name].Fused([half]);
            using var other = FusedPairs.All[name].Plain([single]);
            one.step();
            other.step();
            half.dtype.Should().Be(type);
            FusedPairs.Difference(half, single).Should().BeLessThan(type == ScalarType.Float16 ? 2e-3 : 2e-2).And.BePositive("it is rounded");
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void After_a_reset_of_one_parameter_each_goes_on_from_its_own_step(string name)
    {
        foreach (var reset in new[] { OptimizerStateReset.Slice, OptimizerStateReset.Parameter })
        {
            using var scope = NewDisposeScope();
            using var fused = Nets.Small(ScalarType.Float64);
            using var plain = Nets.Small(ScalarType.Float64);
            using var one = FusedPairs.All[name].Fused(fused.parameters());
            using var other = FusedPairs.All[name].Plain(plain.parameters());
            foreach (var (net, optimizer) in new[] { (fused, one), (plain, other) })
            {
                for (var step = 0; step < 12; step++)
                {
                    if (step % 5 == 4)
                    {
                        Nets.Zap(net, o => o.OptimizerState = reset, classes: [2, 6], optimizers: [optimizer]);
                    }

                    Nets.Step(net, optimizer, (ulong)step);
                }
            }

            foreach (var (a, b) in fused.parameters().Zip(plain.parameters()))
            {
                FusedPairs.Difference(a, b).Should().BeLessThan(1e-7, "the loss of these nets is computed in single precision");
            }

            Steps(one).Should().Equal(Steps(other));
        }
    }

    [Fact]
    public void Descending_has_the_bits_of_add_and_passes_over_what_has_no_gradient()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8);
        Tensor[] start = [randn([33, 5], generator: generator), randn([7], generator: generator), randn([4, 6], generator: generator).t()];
        Tensor?[] gradients = [randn([33, 5], generator: generator), null, randn([6, 4], generator: generator)];
        var moved = start.Select(FusedPairs.Copy).ToList();
        FusedKernels.Descend(moved, gradients, 0.013);
        FusedKernels.Descend([moved[1]], [null], 0.013);
        for (var i = 0; i < start.Length; i++)
        {
            var expected = gradients[i] is { } gradient ? start[i].add(gradient, -0.013) : start[i];
            Nets.Bits(moved[i]).Should().Equal(Nets.Bits(expected));
        }
    }

    private static List<long> Steps(OptimizerHelper optimizer) => [.. optimizer.state_dict().State.Select(state => state switch
    {
        Adam.State s => s.step,
        AdamW.State s => s.step,
        _ => 0,
    })];

    private static void EqualsPlain(
        string name, Func<Tensor, Parameter> fused, Func<Tensor, Parameter> plain, Func<Tensor, Tensor> gradientOf, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var start = randn([5, 7], generator: generator).to(ScalarType.Float64);
        var (moved, expected) = (fused(start.clone()), plain(start.clone()));
        using var one = FusedPairs.All[name].Fused([moved]);
        using var other = FusedPairs.All[name].Plain([expected]);
        for (var step = 0; step < 4; step++)
        {
            var gradient = randn(expected.shape, generator: generator).to(ScalarType.Float64);
            moved.grad = gradientOf(gradient);
            expected.grad = gradient;
            one.step();
            other.step();
        }

        FusedPairs.Difference(moved, expected).Should().BeLessThan(tolerance);
    }
}
