using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Optimizers;
using Zapping.Training.Steps;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Trainers;

/// <summary>The doors for losses, batches and gradients.</summary>
[Collection(AloneCollection.Name)] // dropout draws from the global generator
public sealed class UpdateRuleTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(0.0, 0.8)]
    [InlineData(0.05, 0.79)]
    public void Sharpness_aware_minimization_makes_the_step_that_is_computed_by_hand(double rho, double expected)
    {
        // L = w² at w = 1, rate 0.1: plain descent goes to 0.8; at w + rho the gradient is 2.1
        using var model = new Point(1);
        using var sgd = new FusedSgd(model.parameters(), 0.1);
        using var trainer = new ContinualTrainer<Tensor>(model, sgd, _ => model.W.square().sum()).UseUpdateRule(new SharpnessAware(rho));

        trainer.TrainStep(zeros(1));

        model.W.item<float>().Should().BeApproximately((float)expected, 1e-6f);
    }

    [Fact]
    public void The_second_pass_leaves_running_statistics_and_dropout_as_after_the_first()
    {
        using var ruled = new Noisy();
        using var plain = new Noisy();
        var (inputs, labels) = (randn(8, 4), randint(0, 3, [8]));
        random.manual_seed(11);
        ruled.Trainer.UseUpdateRule(new SharpnessAware(0.1)).TrainStep(inputs, labels);
        var after = rand(3);
        random.manual_seed(11);
        plain.Trainer.TrainStep(inputs, labels);

        Nets.Bits(ruled.Norm.running_mean!).Should().Equal(Nets.Bits(plain.Norm.running_mean!));
        Nets.Bits(ruled.Norm.running_var!).Should().Equal(Nets.Bits(plain.Norm.running_var!));
        Nets.Bits(after).Should().Equal(Nets.Bits(rand(3)), "the generator is where one pass leaves it");
    }

    [Fact]
    public void A_second_pass_at_the_same_place_has_the_same_gradients_with_parts_and_terms()
    {
        using var net = Nets.Small();
        using var sgd = new FusedSgd(net.parameters(), 0.1);
        var same = new Repeating();
        using var trainer = new ContinualTrainer(net, sgd).UseGradientAccumulation(3).UseLoss(step => 0.1 * step.Outputs.square().mean()).UseUpdateRule(same);

        trainer.TrainStep(randn(7, 6), randint(0, Nets.Units, [7]));

        same.Before.Should().NotBeEmpty();
        same.After.Should().BeEquivalentTo(same.Before);
        same.Losses[1].Should().Be(same.Losses[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_rule_that_fails_or_makes_gradients_infinite_leaves_no_trace(bool infinite)
    {
        using var noisy = new Noisy();
        noisy.Trainer.UseUpdateRule(new Spoiling(infinite));
        var before = TrainerBits.Of(noisy.Trainer);

        noisy.Trainer.Invoking(trainer => trainer.TrainStep(randn(8, 4), randint(0, 3, [8]))).Should().Throw<Exception>().Where(failure => failure is NotSupportedException || failure is NonFiniteStepException);

        var after = TrainerBits.Of(noisy.Trainer);
        before.Remove(TrainerBits.Counts);
        after.Remove(TrainerBits.Counts);
        after.Should().BeEquivalentTo(before);
    }

    [Fact]
    public void Rules_come_before_clipping_and_are_told_after_the_update()
    {
        using var net = Nets.Small();
        using var sgd = new FusedSgd(net.parameters(), 0.1);
        var order = new List<string>();
        using var trainer = new ContinualTrainer(net, sgd).UseGradientClipping(1e-3)
            .UseUpdateRule(new Scaling(1e6, order)).OnStep(step => order.Add($"observer, norm above one: {step.GradientNorm > 1}"));

        trainer.TrainStep(randn(4, 6), randint(0, Nets.Units, [4]));

        order.Should().Equal("gradients", "updated", "observer, norm above one: True");
    }

    [Fact]
    public void A_term_adds_to_the_loss_and_sees_the_step()
    {
        using var net = Nets.Small();
        using var sgd = new FusedSgd(net.parameters(), 0.0);
        using var trainer = new ContinualTrainer(net, sgd);
        var source = new ShuffledBatches(randn(10, 6), randint(0, Nets.Units, [10]), batchSize: 10, seed: 4);
        long[] numbers = [];
        var plain = trainer.Fit(source, 1).LastLoss;
        trainer.UseLoss(step =>
        {
            numbers = step.Indices!.data<long>().ToArray();
            step.Step.Should().Be(1);
            step.Boundary!.Kind.Should().Be(BoundaryKind.EpochBoundary);
            return ones([]) * 3;
        });

        trainer.Fit(source, 1).LastLoss.Should().BeApproximately(plain + 3, 1e-5);
        numbers.Order().Should().Equal(Enumerable.Range(0, 10).Select(i => (long)i));
    }

    [Fact]
    public void A_transform_changes_the_batch_that_is_trained_on()
    {
        using var net = Nets.Small();
        using var sgd = new FusedSgd(net.parameters(), 0.1);
        long seen = 0;
        using var trainer = new ContinualTrainer(net, sgd).UseBatchTransform(batch => batch.Slice(0, 2)).OnStep(step => seen = step.Labels!.size(0));

        trainer.TrainStep(randn(5, 6), randint(0, Nets.Units, [5]));

        seen.Should().Be(2);
    }

    [Fact]
    public void A_step_of_ones_own_uses_what_the_trainer_has()
    {
        using var net = Nets.Small();
        using var sgd = new FusedSgd(net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(net, sgd);
        using var other = Nets.Small();
        using var otherSgd = new FusedSgd(other.parameters(), 0.1);
        using var same = new ContinualTrainer(other, otherSgd);
        var (inputs, labels) = (randn(4, 6), randint(0, Nets.Units, [4]));

        var loss = trainer.TrainStep(() => functional.cross_entropy(net.call(inputs), labels));

        loss.Should().Be(same.TrainStep(inputs, labels));
        Nets.Bits(net).Should().BeEquivalentTo(Nets.Bits(other));
        trainer.State.Steps.Should().Be(1);
    }

    private sealed class Point : Module
    {
        public Point(double at)
            : base(nameof(Point))
        {
            W = Parameter(tensor((float)at).reshape(1));
            RegisterComponents();
        }

        public Parameter W { get; }
    }

    private sealed class Noisy : IDisposable
    {
        private readonly Sequential _net;
        private readonly FusedSgd _sgd;

        public Noisy()
        {
            Norm = BatchNorm1d(6);
            _net = Sequential(("in", Linear(4, 6)), ("norm", Norm), ("drop", Dropout(0.5)), ("out", Linear(6, 3)));
            using var noGrad = no_grad();
            using var generator = new Generator(3);
            foreach (var parameter in _net.parameters())
            {
                parameter.normal_(0, 0.5, generator);
            }

            _sgd = new FusedSgd(_net.parameters(), 0.1);
            Trainer = new ContinualTrainer(_net, _sgd);
        }

        public BatchNorm1d Norm { get; }

        public ContinualTrainer Trainer { get; }

        public void Dispose()
        {
            Trainer.Dispose();
            _sgd.Dispose();
            _net.Dispose();
        }
    }

    /// <summary>Foret et al., 2021: the gradient at w + rho · g / ‖g‖ moves w.</summary>
    private sealed class SharpnessAware(double rho) : IUpdateRule
    {
        public bool WritesParameters => true;

        public void OnGradients(UpdateContext update)
        {
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            var own = update.Parameters.Select(p => (p.Parameter, Gradient: p.Parameter.grad!.clone(), Value: p.Parameter.detach().clone())).ToList();
            var norm = Math.Sqrt(own.Sum(p => p.Gradient.square().sum().to(ScalarType.Float64).item<double>()));
            own.ForEach(p => p.Parameter.add_(p.Gradient * (rho / norm)));
            using (enable_grad())
            {
                update.Again();
            }

            own.ForEach(p => p.Parameter.copy_(p.Value));
        }
    }

    private sealed class Repeating : IUpdateRule
    {
        public Dictionary<string, byte[]> Before { get; private set; } = [];

        public Dictionary<string, byte[]> After { get; private set; } = [];

        public List<double> Losses { get; } = [];

        public void OnGradients(UpdateContext update)
        {
            Before = Gradients(update);
            Losses.Add(update.Again());
            Losses.Add(update.Again());
            After = Gradients(update);
        }

        private static Dictionary<string, byte[]> Gradients(UpdateContext update) => update.Parameters.ToDictionary(own => own.Name, own => Nets.Bits(own.Parameter.grad!), StringComparer.Ordinal);
    }

    private sealed class Spoiling(bool infinite) : IUpdateRule
    {
        public bool WritesParameters => true;

        public void OnGradients(UpdateContext update)
        {
            using var noGrad = no_grad();
            foreach (var (_, parameter) in update.Parameters)
            {
                parameter.mul_(2);
                parameter.grad!.mul_(infinite ? double.PositiveInfinity : 1);
            }

            if (!infinite)
            {
                throw new NotSupportedException("a rule that fails");
            }
        }
    }

    private sealed class Scaling(double factor, List<string> order) : IUpdateRule
    {
        public void OnGradients(UpdateContext update)
        {
            order.Add("gradients");
            using var noGrad = no_grad();
            foreach (var (_, parameter) in update.Parameters)
            {
                parameter.grad!.mul_(factor);
            }
        }

        public void OnUpdated(UpdateContext update)
        {
            order.Add("updated");
            update.Invoking(u => u.Again()).Should().Throw<InvalidOperationException>();
        }
    }
}
