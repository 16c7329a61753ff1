using FluentAssertions;
using Xunit;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies.NormProjection;

public sealed class NormProjectionPolicyTests
{
    [Fact]
    public void A_weight_keeps_the_norm_that_it_had()
    {
        using var net = OneWeight.Linear(new float[,] { { 2, 0 } });
        using var policy = new NormProjectionPolicy(net);
        Set(net, 3, 4);
        OneWeight.Apply(net, policy);
        OneWeight.Of(net).Zip(new[] { 1.2f, 1.6f }).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-6f);
    }

    [Fact]
    public void The_soft_form_goes_a_share_of_the_way_at_each_run()
    {
        using var net = OneWeight.Linear(new float[,] { { 2, 0 } });
        using var policy = new NormProjectionPolicy(net, new() { Strength = 0.1 });
        Set(net, 3, 4);
        OneWeight.Apply(net, policy);
        OneWeight.Of(net).Zip(new[] { 2.82f, 3.76f }).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-6f);
        OneWeight.Apply(net, policy);
        Math.Sqrt(OneWeight.Of(net).Sum(w => (double)w * w)).Should().BeApproximately(4.43, 1e-5);
    }

    [Fact]
    public void A_weight_of_zeros_stays_and_one_that_begins_at_zero_returns_to_it()
    {
        using var net = OneWeight.Linear(new float[,] { { 2, 0 } });
        using var policy = new NormProjectionPolicy(net);
        Set(net, 0, 0);
        OneWeight.Apply(net, policy);
        OneWeight.Of(net).Should().Equal(0, 0);
        using var zero = new NormProjectionPolicy(net);
        Set(net, 3, 4);
        OneWeight.Apply(net, zero);
        OneWeight.Of(net).Should().Equal(0, 0);
    }

    [Fact]
    public void A_model_without_such_weights_is_refused()
    {
        using var net = Sequential(("norm", BatchNorm1d(4)));
        FluentActions.Invoking(() => new NormProjectionPolicy(net)).Should().Throw<InvalidOperationException>().WithMessage("No weight of a linear layer or a convolution*Parameters*");
    }

    private static void Set(Module net, params float[] weight)
    {
        using var noGrad = no_grad();
        net.parameters().Single().copy_(tensor(weight).reshape(1, -1));
    }
}
