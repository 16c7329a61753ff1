using FluentAssertions;
using Xunit;
using Zapping.Training.Parameters;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies.WeightClipping;

public sealed class WeightClippingPolicyTests
{
    [Fact]
    public void Weights_stay_within_the_multiple_of_what_a_layer_draws()
    {
        using var net = OneWeight.Linear(new[,] { { 1.2f, -0.3f, -1.7f, 0.5f } }); // of 4 inputs: the bound is 2 / sqrt(4)
        using var policy = new WeightClippingPolicy(net);
        OneWeight.Apply(net, policy);
        OneWeight.Of(net).Should().Equal(1, -0.3f, -1, 0.5f);
    }

    [Fact]
    public void The_bound_may_be_that_of_the_beginning()
    {
        using var scope = NewDisposeScope();
        using var net = OneWeight.Linear(new[,] { { 0.2f, -0.3f } });
        using var policy = new WeightClippingPolicy(net, new() { Multiple = 3, Bound = ClippingBound.InitialMaximum });
        using (no_grad())
        {
            net.parameters().Single().mul_(10);
        }

        OneWeight.Apply(net, policy);
        OneWeight.Of(net).Zip(new[] { 0.9f, -0.9f }).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-6f);
    }

    [Fact]
    public void Biases_take_the_bound_of_their_layer_and_normalizations_are_left_alone()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(("conv", Conv2d(4, 2, 2)), ("norm", BatchNorm2d(2)));
        using (no_grad())
        {
            net.parameters().ToList().ForEach(p => p.fill_(9));
        }

        using var policy = new WeightClippingPolicy(net, new() { Multiple = 1 });
        OneWeight.Apply(net, policy);
        net.get_parameter("conv.weight")!.eq(0.25).all().item<bool>().Should().BeTrue(); // 1 / sqrt(4 · 2 · 2)
        net.get_parameter("conv.bias")!.eq(0.25).all().item<bool>().Should().BeTrue();
        net.get_parameter("norm.weight")!.eq(9).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void A_model_of_normalizations_and_layers_that_are_not_known_are_refused_by_name()
    {
        using var norms = Sequential(("norm", BatchNorm1d(4)));
        FluentActions.Invoking(() => new WeightClippingPolicy(norms)).Should().Throw<InvalidOperationException>().WithMessage("*normalizations*Parameters*");
        using var embedding = Sequential(("table", Embedding(4, 2)), ("head", Linear(2, 2)));
        FluentActions.Invoking(() => new WeightClippingPolicy(embedding)).Should().Throw<NotSupportedException>().WithMessage("*'table.weight' (Embedding)*Parameters*");
        using var without = new WeightClippingPolicy(embedding, new() { Parameters = ParameterFilter.WithPrefix("head.") });
    }
}
