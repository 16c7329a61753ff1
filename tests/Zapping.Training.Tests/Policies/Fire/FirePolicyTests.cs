using FluentAssertions;
using Xunit;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies.Fire;

public sealed class FirePolicyTests
{
    public static TheoryData<float[,], int, float[]> Values => new()
    {
        { new float[,] { { 3, 0 }, { 0, 4 } }, 1, [0.792f, 0, 0, 0.944f] },
        { new float[,] { { 3, 0 }, { 0, 4 } }, 2, [0.939603456f, 0, 0, 0.995383808f] },
        { new float[,] { { 3, 0 }, { 0, 4 } }, 10, [1, 0, 0, 1] },
        { new float[,] { { 2, 1 }, { 0, 1 } }, 1, [0.884537963f, 0.408248290f, -0.068041382f, 0.544331054f] },
        { new float[,] { { 2, 1 }, { 0, 1 } }, 10, [0.948683298f, 0.316227766f, -0.316227766f, 0.948683298f] },
        { new float[,] { { 3, 4 } }, 10, [0.424264069f, 0.565685425f] }, // a row: scaled by sqrt(1 / 2)
        { new float[,] { { 3 }, { 4 } }, 10, [0.848528137f, 1.131370850f] }, // a column: by sqrt(2)
        { new float[,] { { 1, 0 }, { 0, 0 } }, 10, [1, 0, 0, 0] }, // a direction of length zero stays
        { new float[,] { { 0, 0 }, { 0, 0 } }, 10, [0, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_matrix_moves_to_its_polar_factor(float[,] weight, int iterations, float[] expected)
    {
        using var net = OneWeight.Linear(weight);
        OneWeight.Apply(net, new FirePolicy(new() { Iterations = iterations }));
        OneWeight.Of(net).Should().HaveCount(expected.Length).And.Subject.Zip(expected).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-6f);
    }

    [Fact]
    public void Each_position_of_a_kernel_is_a_matrix()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(("conv", Conv2d(2, 1, (1, 2), bias: false)));
        var weight = net.parameters().Single();
        using (no_grad())
        {
            weight.copy_(tensor(new float[] { 3, 3, 4, 4 }).reshape(1, 2, 1, 2)); // taps [3, 4] and [3, 4]
        }

        OneWeight.Apply(net, new FirePolicy());
        OneWeight.Of(net).Zip(new[] { 0.212132034f, 0.212132034f, 0.282842712f, 0.282842712f }).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-6f);
    }

    [Fact]
    public void A_well_conditioned_random_matrix_becomes_an_isometry_and_nothing_else_is_written()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(("wide", Linear(64, 16)), ("norm", BatchNorm1d(16)), ("grouped", Conv1d(16, 16, 3, groups: 4)));
        var before = Nets.Bits(net);
        OneWeight.Apply(net, new FirePolicy(new() { Scale = false, Iterations = 20 }));
        var wide = net.get_parameter("wide.weight")!;
        (wide.matmul(wide.t()) - eye(16)).abs().max().item<float>().Should().BeLessThan(1e-4f);
        foreach (var (name, bits) in Nets.Bits(net).Where(own => own.Key != "wide.weight"))
        {
            bits.Should().Equal(before[name], name);
        }
    }

    [Fact]
    public void A_shared_weight_is_refused_by_name_unless_that_is_meant()
    {
        using var scope = NewDisposeScope();
        var (embedding, head) = (Embedding(5, 3), Linear(3, 5));
        head.weight = embedding.weight!;
        using var net = Sequential(("embedding", embedding), ("head", head));
        FluentActions.Invoking(() => OneWeight.Apply(net, new FirePolicy())).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void A_model_without_such_weights_is_refused()
    {
        using var net = Sequential(("norm", BatchNorm1d(4)));
        FluentActions.Invoking(() => OneWeight.Apply(net, new FirePolicy())).Should().Throw<InvalidOperationException>().WithMessage("*no weight of a linear layer or an ungrouped convolution*Parameters*");
    }
}
