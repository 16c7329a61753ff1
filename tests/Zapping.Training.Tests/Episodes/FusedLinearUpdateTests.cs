using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Episodes;

/// <summary>That folded episodes equal PyTorch's is tested with the fixtures; here is what else matters.</summary>
public sealed class FoldedLayerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_layer_that_sees_several_vectors_of_an_image_moves_as_it_would_unfolded(bool bias)
    {
        using var scope = NewDisposeScope();
        var (plain, folded) = (new Words(bias), new Words(bias));
        foreach (var (from, to) in plain.parameters().Zip(folded.parameters()))
        {
            using var noGrad = no_grad();
            to.copy_(from);
        }

        foreach (var (net, layer) in new[] { (plain, null), (folded, folded.Head) })
        {
            using var optimizer = optim.SGD(net.parameters(), 0.1);
            using var trainer = new AsbTrainer(net, optimizer, new AsbOptions { InnerLearningRate = 0.1, FusedUpdateLayer = layer });
            trainer.Fit(new RandomEpisodes(), episodes: 2);
        }

        foreach (var (expected, actual) in plain.parameters().Zip(folded.parameters()))
        {
            (expected - actual).abs().max().item<double>().Should().BeLessThan(1e-12);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_layer_that_is_not_called_once_is_named(int calls)
    {
        using var net = new Words(bias: true, calls);
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        using var trainer = new AsbTrainer(net, optimizer, new AsbOptions { FusedUpdateLayer = net.Head });
        var before = Nets.Bits(net);
        trainer.Invoking(t => t.Fit(new RandomEpisodes(), episodes: 1)).Should().Throw<InvalidOperationException>().WithMessage($"*FusedUpdateLayer was called {calls} times*");
        Nets.Bits(net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void A_layer_that_does_not_move_inside_shares_its_weight_or_is_another_models_is_refused()
    {
        using var net = new EpisodicNet(gated: true);
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        var mix = (Linear)net.named_modules().Single(m => m.name == "mix").module;
        FluentActions.Invoking(() => new AsbTrainer(net, optimizer, new AsbOptions { InnerParameters = EpisodicNet.Moving, FusedUpdateLayer = mix }))
            .Should().Throw<ArgumentException>().WithMessage("*'mix.weight'*does not move*");

        using var stranger = Linear(12, 5);
        FluentActions.Invoking(() => new AsbTrainer(net, optimizer, new AsbOptions { FusedUpdateLayer = stranger })).Should().Throw<ArgumentException>().WithMessage("*does not belong to the model*");

        using var tied = Sequential(("flatten", Flatten()), ("a", Linear(36, 36, hasBias: false)), ("b", Linear(36, 36, hasBias: false)));
        var (a, b) = ((Linear)tied.named_modules().Single(m => m.name == "a").module, (Linear)tied.named_modules().Single(m => m.name == "b").module);
        b.weight = a.weight;
        using var tiedOptimizer = optim.SGD(tied.parameters(), 0.1);
        FluentActions.Invoking(() => new AsbTrainer(tied, tiedOptimizer, new AsbOptions { FusedUpdateLayer = a })).Should().Throw<ArgumentException>().WithMessage("*'a.weight'*'b.weight' shares*");
    }

    /// <summary>Six rows of an image through one linear layer, then their mean.</summary>
    private sealed class Words : Module<Tensor, Tensor>
    {
        private readonly Linear body;
        private readonly Linear head;
        private readonly int _calls;

        public Words(bool bias, int calls = 1)
            : base(nameof(Words))
        {
            body = Linear(6, 4);
            head = Linear(4, 5, hasBias: bias);
            _calls = calls;
            RegisterComponents();
            this.to(ScalarType.Float64);
        }

        public Linear Head => head;

        public override Tensor forward(Tensor input)
        {
            var rows = body.call(input.flatten(1, 2)).tanh();
            var scores = _calls == 0 ? functional.linear(rows, head.weight, head.bias) : head.call(rows);
            return (_calls == 2 ? scores + head.call(rows) : scores).mean([1]);
        }
    }
}
