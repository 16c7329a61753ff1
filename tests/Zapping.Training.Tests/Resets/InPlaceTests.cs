using CsCheck;
using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Resets;

/// <summary>What is written where it lies equals the straightforward way: a scratch tensor, scattered into its rows.</summary>
public sealed class InPlaceTests
{
    private static readonly Initializer[] Initializers =
    [
        Initializer.KaimingNormal(), Initializer.KaimingNormal(KaimingFan.AsPublished), Initializer.KaimingUniform(), Initializer.XavierNormal(),
        Initializer.LayerDefault(), Initializer.Zeros(), Initializer.Constant(0.3),
    ];

    [Fact]
    public void Any_rows_of_any_shape_get_the_bits_of_scratch_and_scatter()
    {
        var gen = Gen.Select(Gen.Int[1, 12], Gen.Int[1, 50], Gen.Int[0, Initializers.Length - 1], Gen.ULong)
            .SelectMany(t => Gen.Shuffle(Enumerable.Range(0, t.Item1).ToArray(), 1, t.Item1).Select(rows => (Height: t.Item1, Width: t.Item2, Initializer: Initializers[t.Item3], Seed: t.Item4, Rows: rows)));
        gen.Sample(c =>
        {
            using var scope = NewDisposeScope();
            var slice = ParameterSlice.Rows(c.Rows);
            return Nets.Bits(InPlace(c.Height, c.Width, slice, c.Initializer, c.Seed)).AsSpan()
                .SequenceEqual(Nets.Bits(Reference(c.Height, c.Width, slice, c.Initializer, c.Seed)));
        });
    }

    [Fact]
    public void A_large_slice_made_by_several_threads_gets_the_same_bits()
    {
        using var scope = NewDisposeScope();
        foreach (var slice in new[] { ParameterSlice.All, ParameterSlice.Rows([.. Enumerable.Range(0, 500).Select(i => 999 - (2 * i))]) })
        {
            var expected = Nets.Bits(Reference(1000, 9001, slice, Initializers[0], 5));
            Nets.Bits(InPlace(1000, 9001, slice, Initializers[0], 5)).AsSpan().SequenceEqual(expected).Should().BeTrue();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reset_between_forward_and_backward_is_still_noticed(bool inPlace)
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small();
        var loss = net.call(rand(3, 6, requires_grad: true)).square().sum();
        Initializer initializer = inPlace ? Initializer.KaimingNormal() : new GivenRewriter(target => target.Values.zero_());
        Write(net, Nets.HeadOf(net).weight, ParameterSlice.Rows(1), initializer, 0);
        FluentActions.Invoking(() => loss.backward()).Should().Throw<Exception>().WithMessage("*modified by an inplace operation*");
    }

    private static Parameter InPlace(int height, int width, ParameterSlice slice, Initializer initializer, ulong seed)
    {
        var net = nn.Linear(width, height, hasBias: false);
        using var noGrad = no_grad();
        net.weight.fill_(7);
        ResetNoise.FillsInPlace(net.weight, slice).Should().BeTrue();
        Write(net, net.weight, slice, initializer, seed);
        return net.weight;
    }

    private static Tensor Reference(int height, int width, ParameterSlice slice, Initializer initializer, ulong seed)
    {
        var expected = full(height, width, 7f);
        var values = empty(slice.ShapeOf(expected.shape));
        initializer.Write(new InitializerContext(values, "weight", expected.shape, slice, new ResetNoise(seed, 0, "weight")));
        slice.Scatter(expected, values);
        return expected;
    }

    private static void Write(nn.Module net, Parameter parameter, ParameterSlice slice, Initializer initializer, ulong seed) =>
        Nets.Scheduler(net, new WritePolicy(context => context.Reset(parameter, slice, initializer)), seed: seed)
            .Signal(BoundaryKind.ClassBoundary);
}
