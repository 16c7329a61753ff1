using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies.Dash;

[Collection(AloneCollection.Name)]
public sealed class DashPolicyTests
{
    // The gradient of mean(x · w) by a row is x: batches (-1, 0) and (0, -1) give G = (0.21, 0.3).
    [Fact]
    public void Rows_shrink_by_their_cosine_with_the_averaged_negative_gradient()
    {
        using var scope = NewDisposeScope();
        using var net = OneWeight.Linear(new float[,] { { 3, 4 }, { 4, -3 }, { 0, 2 }, { 1, 0 }, { 0, 0 } });
        var policy = new DashPolicy(net, (outputs, _) => outputs.sum(), () => [Batch(-1, 0), Batch(0, -1)]);
        OneWeight.Apply(net, policy);
        float[] expected = [2.998388829f, 3.997851772f, 1.2f, -0.9f, 0, 1.638463841f, 0.573462344f, 0, 0, 0];
        OneWeight.Of(net).Zip(expected).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-6f);
    }

    [Fact]
    public void Kernels_shrink_one_by_one_and_a_bias_as_a_whole()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(("conv", Conv2d(2, 1, 1)), ("flat", Flatten()));
        var conv = (Conv2d)net.children().First();
        using (no_grad())
        {
            conv.weight!.copy_(tensor(new float[] { 2, 3 }).reshape(1, 2, 1, 1));
            conv.bias!.fill_(5);
        }

        // Negative gradients are -1 and 1 by the weights, and -1 by the bias: a kernel of one position is a matter of signs.
        var input = tensor(new float[] { 1, -1 }).reshape(1, 2, 1, 1);
        OneWeight.Apply(net, new DashPolicy(net, (outputs, _) => outputs.sum(), () => [new LabeledBatch(input, zeros(1))]));
        conv.weight!.reshape(-1).data<float>().ToArray().Should().Equal(0.6f, 3);
        conv.bias!.item<float>().Should().Be(1.5f);
    }

    [Fact]
    public void What_its_passes_change_is_put_back()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(("body", Linear(6, 8)), ("norm", BatchNorm1d(8)), ("relu", ReLU()), ("drop", Dropout(0.5)), ("head", Linear(8, 3)));
        var graph = UnitGraph.Trace(net, randn(2, 6), null);
        using var watching = new ReDoPolicy(graph, new() { SampleEvery = 1 });
        OneWeight.Gradient(net, [.. Enumerable.Repeat(2f, 48)]);
        var (running, noise, seen) = (Nets.Bits(net.get_buffer("norm.running_mean")!), Nets.Bits(random.get_rng_state()), State(watching));
        var batch = new LabeledBatch(randn(16, 6), randint(0, 3, 16));
        noise = Nets.Bits(random.get_rng_state());
        OneWeight.Apply(net, new DashPolicy(net, (outputs, labels) => functional.cross_entropy(outputs, labels), () => [batch]));
        Nets.Bits(net.get_buffer("norm.running_mean")!).Should().Equal(running);
        Nets.Bits(random.get_rng_state()).Should().Equal(noise);
        State(watching).Should().BeEquivalentTo(seen);
        net.parameters().First().grad!.eq(2).all().item<bool>().Should().BeTrue();
        net.get_parameter("head.weight")!.grad.Should().BeNull();

        static Dictionary<string, byte[]> State(ReDoPolicy policy) => policy.State.ToDictionary(own => own.Key, own => Nets.Bits(own.Value), StringComparer.Ordinal);
    }

    [Fact]
    public void No_data_and_another_model_are_refused()
    {
        using var net = OneWeight.Linear(new float[,] { { 3, 4 } });
        using var other = OneWeight.Linear(new float[,] { { 3, 4 } });
        FluentActions.Invoking(() => OneWeight.Apply(net, new DashPolicy(net, (outputs, _) => outputs.sum(), () => []))).Should().Throw<InvalidOperationException>().WithMessage("*no data*");
        FluentActions.Invoking(() => OneWeight.Apply(other, new DashPolicy(net, (outputs, _) => outputs.sum(), () => []))).Should().Throw<ArgumentException>().WithMessage("*another model*");
    }

    private static LabeledBatch Batch(params float[] input) => new(tensor(input).unsqueeze(0), zeros(1));
}
