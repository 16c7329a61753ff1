using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Torch;

/// <summary>What libtorch throws in a backward pass ends no process, and says what helps.</summary>
public sealed class BackwardPassTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("continual")]
    [InlineData("asb")]
    [InlineData("asb, accumulating")]
    [InlineData("meta-asb")]
    [InlineData("meta-asb, first order")]
    public void A_value_that_is_changed_in_place_though_the_derivative_needs_it(string trainer) => Refused(
        new InPlace(), rand(60, 16), trainer, "The backward pass cannot be made, and nothing was updated: one of the variables needed for gradient computation has been modified by an inplace "
        + "operation*use the form without the underscore there, such as mul for mul_.");

    [Fact]
    public void An_operation_without_a_second_derivative() => Refused(
        new Attending(), rand(60, 8, 16), "meta-asb", "The backward pass cannot be made*derivative for aten::_scaled_dot_product*set MetaAsbOptions.FirstOrder.");

    [Fact]
    public void First_order_does_without_a_second_derivative()
    {
        using var net = new Attending();
        using var sgd = optim.SGD(net.parameters(), 1e-2);
        using var trainer = new MetaAsbTrainer(net, sgd, new MetaAsbOptions { FirstOrder = true });
        trainer.Fit(Episodes(rand(60, 8, 16)), 1).Steps.Should().Be(1);
    }

    [Fact]
    public void A_loss_that_is_cut_from_the_model()
    {
        using var net = Nets.Small();
        using var sgd = optim.SGD(net.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(net, sgd, (outputs, _) => outputs.detach().sum());
        trainer.Invoking(t => t.TrainStep(rand(2, 6), arange(2))).Should().Throw<InvalidOperationException>()
            .WithMessage("*Nothing that the loss was computed from requires a gradient*");
    }

    [Fact]
    public void Derivatives_of_any_number_of_tensors_are_those_of_autograd()
    {
        var x = rand([3], ScalarType.Float64, requires_grad: true);
        var unused = rand([2], ScalarType.Float64, requires_grad: true);
        var y = (x * x * x).sum();
        var first = Gradients.Of(y, [x, unused], differentiable: true);
        first[1].Should().BeNull();
        Nets.Bits(first[0]!).Should().Equal(Nets.Bits(autograd.grad([y], [x], retain_graph: true)[0]));

        var weights = rand([3], ScalarType.Float64);
        var second = Gradients.OfProduct([first[0]], [weights], [x])[0]!;
        (second - (6 * x * weights)).abs().max().item<double>().Should().BeLessThan(1e-15);
    }

    private static EpisodeSampler Episodes(Tensor inputs) =>
        new(new LabeledBatch(inputs, arange(60).div(20, RoundingMode.floor).to(ScalarType.Int64)), new EpisodeOptions { InnerExamples = 5, RememberExamples = 10 }, seed: 1);

    private static void Refused(Module<Tensor, Tensor> net, Tensor inputs, string trainer, string message)
    {
        using var owned = net;
        using var sgd = optim.SGD(net.parameters(), 1e-2);
        var before = Nets.Bits(net);
        var act = FluentActions.Invoking(() =>
        {
            using Trainer made = trainer switch
            {
                "continual" => new ContinualTrainer(net, sgd),
                "asb" => new AsbTrainer(net, sgd),
                "asb, accumulating" => new AsbTrainer(net, sgd, new AsbOptions { AccumulateInnerGradients = true, InnerParameters = ParameterFilter.WithPrefix("head.") }),
                "meta-asb" => new MetaAsbTrainer(net, sgd),
                _ => new MetaAsbTrainer(net, sgd, new MetaAsbOptions { FirstOrder = true }),
            };
            _ = made is EpisodicTrainer episodic ? episodic.Fit(Episodes(inputs), 1) : ((ContinualTrainer)made).Fit(new ShuffledBatches(inputs, arange(60).remainder(3), 10), 1);
        });
        act.Should().Throw<InvalidOperationException>().WithMessage(message);
        Nets.Bits(net).Should().BeEquivalentTo(before);
    }

    private sealed class InPlace : Module<Tensor, Tensor>
    {
        private readonly Linear body = Linear(16, 16);
        private readonly Linear head = Linear(16, 3);

        public InPlace()
            : base(nameof(InPlace)) => RegisterComponents();

        public override Tensor forward(Tensor input) => head.call(body.call(input).sigmoid().mul_(2));
    }

    private sealed class Attending : Module<Tensor, Tensor>
    {
        private readonly Linear qkv = Linear(16, 48);
        private readonly Linear head = Linear(16, 3);

        public Attending()
            : base(nameof(Attending)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            var parts = qkv.call(input).reshape(input.shape[0], 8, 3, 2, 8).permute(2, 0, 3, 1, 4);
            var seen = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2]);
            return head.call(seen.transpose(1, 2).reshape(input.shape[0], 8, 16).mean([1]));
        }
    }
}
