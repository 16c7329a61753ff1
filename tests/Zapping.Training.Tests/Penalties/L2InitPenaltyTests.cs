using FluentAssertions;
using TorchSharp;
using Xunit;
using Zapping.Training.Parameters;
using Zapping.Training.Penalties;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Penalties;

[Collection(AloneCollection.Name)]
public sealed class InitialDistancePenaltyTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void It_is_the_squared_distance_from_the_beginning(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small(type);
        using var penalty = new L2InitPenalty(net, 0.5);
        penalty.Value().to(ScalarType.Float64).item<double>().Should().Be(0);
        using (no_grad())
        {
            Nets.HeadOf(net).bias!.add_(256); // 8 * 65536 is more than half precision has
            net.named_parameters().First().parameter[0, 0].sub_(4);
        }

        penalty.Value().to(ScalarType.Float64).item<double>().Should().BeApproximately(0.5 * ((8 * 65536) + 16), 600); // half types round 0.3 + 256
    }

    [Fact]
    public void Its_gradient_is_twice_the_strength_times_the_way_and_only_for_what_is_chosen()
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small(ScalarType.Float64);
        using var penalty = new L2InitPenalty(net, 0.25, ParameterFilter.WithPrefix("head"));
        using (no_grad())
        {
            net.parameters().ToList().ForEach(p => p.add_(3));
        }

        penalty.Value().backward();
        foreach (var (name, parameter) in net.named_parameters())
        {
            if (name.StartsWith("head", StringComparison.Ordinal))
            {
                parameter.grad!.sub(1.5).abs().max().item<double>().Should().BeLessThan(1e-12, name); // 2 * 0.25 * 3
            }
            else
            {
                parameter.grad.Should().BeNull(name);
            }
        }
    }

    // skumar9876/L2_Init: loss + l2_weight * 0.5 * sum (theta - theta_0)^2, over all but layer normalizations.
    [Fact]
    public void Half_of_a_published_weight_is_the_released_codes_penalty()
    {
        using var scope = NewDisposeScope();
        const double l2Weight = 1e-2;
        using var net = Sequential(("body", Linear(6, 5)), ("norm", LayerNorm(5)), ("head", Linear(5, 8)));
        net.to(ScalarType.Float64);
        using var penalty = new L2InitPenalty(net, l2Weight / 2, ParameterFilter.Where(name => !name.StartsWith("norm.", StringComparison.Ordinal)));
        var start = net.named_parameters().Select(p => (p.name, p.parameter, Initial: p.parameter.detach().clone())).ToList();
        using (no_grad())
        {
            net.parameters().ToList().ForEach(p => p.add_(randn_like(p)));
        }

        var released = start.Where(p => !p.name.StartsWith("norm.", StringComparison.Ordinal))
            .Sum(p => l2Weight * 0.5 * (p.parameter - p.Initial).square().sum().item<double>());

        penalty.Value().item<double>().Should().BeApproximately(released, 1e-12);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3)]
    public void A_trainer_steps_as_a_loop_that_adds_it(int? microBatch)
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small(ScalarType.Float64);
        using var same = Nets.Small(ScalarType.Float64);
        using var penalty = new L2InitPenalty(net, 0.1);
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(net, optimizer, penalty.AddTo());
        if (microBatch is { } size)
        {
            trainer.UseGradientAccumulation(size);
        }

        var start = same.parameters().Select(p => p.detach().clone()).ToList();
        for (var step = 0; step < 4; step++)
        {
            var (inputs, labels) = (randn(6, 6, ScalarType.Float64), randint(0, 8, [6]));
            trainer.TrainStep(inputs, labels);
            same.zero_grad();
            functional.cross_entropy(same.call(inputs), labels).backward();
            using var noGrad = no_grad();
            foreach (var (parameter, initial) in same.parameters().Zip(start))
            {
                parameter.sub_(0.1 * (parameter.grad! + (0.2 * (parameter - initial))));
            }
        }

        foreach (var (mine, its) in net.parameters().Zip(same.parameters()))
        {
            mine.sub(its).abs().max().item<double>().Should().BeLessThan(1e-12);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3)]
    public void As_a_term_of_a_trainer_it_gives_the_bits_that_it_gives_in_a_loss(int? microBatch)
    {
        using var scope = NewDisposeScope();
        using var inLoss = Nets.Small();
        using var asTerm = Nets.Small();
        using var first = new L2InitPenalty(inLoss, 0.1);
        using var second = new L2InitPenalty(asTerm, 0.1);
        using var sgd = optim.SGD(inLoss.parameters(), 0.1);
        using var other = optim.SGD(asTerm.parameters(), 0.1);
        using var trainer = new ContinualTrainer(inLoss, sgd, first.AddTo());
        using var same = new ContinualTrainer(asTerm, other).UseLoss(second);
        if (microBatch is { } size)
        {
            trainer.UseGradientAccumulation(size);
            same.UseGradientAccumulation(size);
        }

        for (var step = 0; step < 4; step++)
        {
            var (inputs, labels) = (randn(6, 6), randint(0, 8, [6]));
            same.TrainStep(inputs, labels).Should().Be(trainer.TrainStep(inputs, labels));
        }

        Nets.Bits(asTerm).Should().BeEquivalentTo(Nets.Bits(inLoss));
    }

    [Fact]
    public void A_resume_is_told_its_strength_and_which_parameters()
    {
        using var net = Nets.Small();
        using var penalty = new L2InitPenalty(net, 0.25, ParameterFilter.WithPrefix("head"));
        penalty.Description.Select(own => $"{own.Key}: {own.Value}").Should().Equal("strength: 0.25", "parameters: WithPrefix(head)");
    }

    [Fact]
    public void Bad_input_is_refused_and_what_changed_shape_is_named()
    {
        using var net = Nets.Small();
        FluentActions.Invoking(() => new L2InitPenalty(net, -1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("strength must be a finite number of 0 or more*");
        FluentActions.Invoking(() => new L2InitPenalty(net, double.NaN)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new L2InitPenalty(net, 1, ParameterFilter.Where(_ => false))).Should().Throw<InvalidOperationException>()
            .WithMessage("The parameter set takes none of the parameters of *");
        var penalty = new L2InitPenalty(net, 1);
        Nets.HeadOf(net).weight = Parameter(ones(9, Nets.Features));
        penalty.Invoking(p => p.Value()).Should().Throw<ArgumentException>().WithMessage("Parameter 'head.weight' has shape [9, 5], but had [8, 5]*");
        penalty.Dispose();
        Nets.HeadOf(net).weight = Parameter(ones(8, Nets.Features));
        penalty.Invoking(p => p.Value()).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        using var net = Nets.Small();
        var before = LiveTensors.BeforeTest();
        using (var penalty = new L2InitPenalty(net, 1))
        {
            for (var i = 0; i < 20; i++)
            {
                using var value = penalty.Value();
            }

            Tensor.TotalCount.Should().Be(before + net.parameters().Count());
        }

        Tensor.TotalCount.Should().BeLessThanOrEqualTo(before);
    }
}
