using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Steps;

/// <summary>A step that fails leaves everything as it was.</summary>
public sealed class FailedStepTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-failed-");
    private readonly Sequential _net = Sequential(("body", Linear(6, 5)), ("norm", BatchNorm1d(5)), ("relu", ReLU()), ("head", Linear(5, 8)));
    private readonly Tensor _inputs = rand(8, 6);
    private readonly Tensor _bad = full(8, 6, float.NaN);
    private readonly Tensor _labels = arange(8);

    public void Dispose()
    {
        _net.Dispose();
        _scope.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_gradient_that_is_NaN_beside_a_finite_loss_is_found_before_the_update_and_no_good_checkpoint_is_replaced(bool clips)
    {
        var isBad = false;
        using var adam = optim.Adam(_net.parameters(), 1e-3);
        using var store = new CheckpointStore(_folder.FullName, new CheckpointRetentionOptions { KeepLast = 1, KeepBest = false });
        using var trainer = new ContinualTrainer(_net, adam, Loss).UseCheckpoints(store, everySteps: 1);
        if (clips)
        {
            trainer.UseGradientClipping(1);
        }

        var batches = new ShuffledBatches(_inputs, _labels, 4);
        trainer.Fit(batches, epochs: 1);
        var before = Everything(adam);
        isBad = true;

        var thrown = trainer.Invoking(t => t.Fit(batches, epochs: 1)).Should().Throw<NonFiniteStepException>()
            .WithMessage("The loss is *, but its gradient is NaN or infinite in 'body.weight' (30 of 30)*at step 2, after EpochBoundary 1. Nothing was updated*").Which;

        double.IsFinite(thrown.Loss).Should().BeTrue();
        thrown.Tensors.Should().Contain("head.weight");
        Everything(adam).Should().BeEquivalentTo(before);
        trainer.State.Steps.Should().Be(2);
        _net.parameters().Should().OnlyContain(p => object.ReferenceEquals(p.grad, null));
        store.Checkpoints.Should().ContainSingle().Which.Steps.Should().Be(2);
        store.Resume(trainer)!.Steps.Should().Be(2);

        // sqrt(0) is 0, and its derivative infinite
        Tensor Loss(Tensor outputs, Tensor labels)
        {
            var loss = functional.cross_entropy(outputs, labels);
            return isBad ? loss + (outputs - outputs.detach()).pow(2).sum().sqrt() : loss;
        }
    }

    [Fact]
    public void A_trainer_that_does_not_look_at_gradients_finds_the_loss_that_follows_and_saves_nothing_in_between()
    {
        var isBad = true;
        using var sgd = optim.SGD(_net.parameters(), 1e-3);
        using var store = new CheckpointStore(_folder.FullName);
        using var trainer = new ContinualTrainer(_net, sgd, (outputs, labels) => functional.cross_entropy(outputs, labels) + ((outputs - outputs.detach()).pow(2).sum().sqrt() * (isBad ? 1 : 0)))
            .UseGradientChecks(false);
        trainer.TrainStep(_inputs, _labels);
        Nets.HeadOf(_net).weight.isnan().any().item<bool>().Should().BeTrue("that is what was chosen");
        store.Invoking(s => s.Save(trainer)).Should().Throw<InvalidOperationException>();
        isBad = false;
        trainer.Invoking(t => t.TrainStep(_inputs, _labels)).Should().Throw<NonFiniteStepException>().WithMessage("The loss is NaN at step 1*");
    }

    [Fact]
    public void Running_statistics_and_what_policies_gather_are_those_of_before_a_batch_with_NaN()
    {
        using var adam = optim.Adam(_net.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(_net, adam).UseContinualBackprop(_inputs, BoundaryKind.StepBoundary).UseReDo(_inputs, new ResetSchedule(BoundaryKind.EpochBoundary) { Period = 100 });
        trainer.TrainStep(_inputs, _labels);
        var gathered = trainer.Schedulers.SelectMany(s => ((IStatefulResetPolicy)s.Policy).State).ToList();
        var before = (Everything(adam), gathered.ConvertAll(own => Nets.Bits(own.Value)));

        trainer.Invoking(t => t.TrainStep(_bad, _labels)).Should().Throw<NonFiniteStepException>().WithMessage("The loss is NaN at step 1, after no boundary.*");

        Everything(adam).Should().BeEquivalentTo(before.Item1);
        gathered.Where(own => !own.Key.Contains("age", StringComparison.Ordinal)).Should().OnlyContain(own => own.Value.isfinite().all().item<bool>());
    }

    [Fact]
    public void A_reset_before_a_step_that_fails_is_made_once()
    {
        using var sgd = optim.SGD(_net.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(_net, sgd)
            .UseZapping(new ResetSchedule(BoundaryKind.StepBoundary) { Period = 3 }, new ZapOptions { Head = Nets.Head, Units = UnitSelection.All });
        var resets = new List<long>();
        trainer.Schedulers[0].ResetCompleted += report => resets.Add(report.Boundary.Index);
        foreach (var isBad in new[] { true, true, false, false, false, true, false })
        {
            try
            {
                trainer.TrainStep(isBad ? _bad : _inputs, _labels);
            }
            catch (NonFiniteStepException)
            {
                // the next batch
            }
        }

        resets.Should().Equal(0, 3);
        trainer.State.Should().Be(new TrainerState(4, 0, 0, 0));
        trainer.Schedulers[0].State.Should().Be(new ZapSchedulerState(4, 2));
    }

    [Fact]
    public void That_a_step_has_begun_comes_through_a_checkpoint()
    {
        using var sgd = optim.SGD(_net.parameters(), 1e-2);
        using var store = new CheckpointStore(_folder.FullName);
        using var trainer = Zapped(sgd);
        trainer.Invoking(t => t.TrainStep(_bad, _labels)).Should().Throw<NonFiniteStepException>();
        store.Save(trainer);
        using var other = Zapped(sgd);
        store.Resume(other);
        other.TrainStep(_inputs, _labels);
        other.Schedulers[0].State.Should().Be(new ZapSchedulerState(1, 1));
        other.State.IsStepBegun.Should().BeFalse();

        ContinualTrainer Zapped(optim.Optimizer optimizer) => new ContinualTrainer(_net, optimizer)
            .UseZapping(BoundaryKind.StepBoundary, new ZapOptions { Head = Nets.Head, Units = UnitSelection.All });
    }

    [Fact]
    public void An_optimizer_that_evaluates_the_loss_itself_leaves_the_weights_of_before()
    {
        using var lbfgs = optim.LBFGS(_net.parameters(), 1e-2);
        var evaluations = 0;
        using var trainer = new ContinualTrainer(_net, lbfgs, (outputs, labels) => functional.cross_entropy(outputs, labels) * (++evaluations == 3 ? double.NaN : 1));
        var before = Everything(null);

        trainer.Invoking(t => t.TrainStep(_inputs, _labels)).Should().Throw<NonFiniteStepException>();

        evaluations.Should().BeGreaterThanOrEqualTo(3);
        Everything(null).Should().BeEquivalentTo(before);
        trainer.TrainStep(_inputs, _labels).Should().BePositive();
    }

    [Theory]
    [InlineData(false, "inner")]
    [InlineData(false, "outer")]
    [InlineData(true, "inner")]
    [InlineData(true, "outer")]
    [InlineData(true, "outer gradient")]
    [InlineData(false, "outer gradient")]
    public void An_episode_that_fails_gives_the_weights_back_that_its_inner_loop_has_moved(bool isMeta, string where)
    {
        using var net = Sequential(("body", Linear(6, 5)), ("tanh", Tanh()), ("head", Linear(5, 8)));
        using var adam = optim.Adam(net.parameters(), 1e-2);
        var fails = false;
        using var trainer = isMeta ? (EpisodicTrainer)new MetaAsbTrainer(net, adam, new MetaAsbOptions { InnerLearningRate = 0.1 }, Loss)
            : new AsbTrainer(net, adam, new AsbOptions { InnerLearningRate = 0.1 }, Loss);
        var episode = new EpisodeSampler(new LabeledBatch(_inputs, _labels.remainder(2)), new EpisodeOptions { InnerExamples = 4, RememberExamples = 4 }).Episode(0);
        trainer.TrainEpisode(episode);
        var (weights, moments) = (Nets.Bits(net), Bits(adam));
        fails = true;

        trainer.Invoking(t => t.TrainEpisode(episode)).Should().Throw<NonFiniteStepException>();

        Nets.Bits(net).Should().BeEquivalentTo(weights);
        Bits(adam).Should().BeEquivalentTo(moments);
        trainer.State.Steps.Should().Be(1);

        Tensor Loss(Tensor outputs, Tensor labels)
        {
            var loss = functional.cross_entropy(outputs, labels);
            var isHere = fails && (outputs.size(0) == 1) == (where == "inner");
            return !isHere ? loss : where == "outer gradient" ? loss + (outputs - outputs.detach()).pow(2).sum().sqrt() : loss * double.NaN;
        }
    }

    [Fact]
    public void A_norm_that_overflows_is_refused_though_all_gradients_are_finite()
    {
        using var sgd = optim.SGD(_net.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(_net, sgd, (outputs, _) => outputs.sum() * 1e25).UseGradientClipping(1);
        var before = Everything(null);
        trainer.Invoking(t => t.TrainStep(_inputs, _labels)).Should().Throw<NonFiniteStepException>().WithMessage("*the norm of its gradient is Infinity*");
        Everything(null).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void Weights_that_are_not_finite_are_not_saved_unless_that_is_meant()
    {
        using var adam = optim.Adam(_net.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(_net, adam);
        using var store = new CheckpointStore(_folder.FullName, new CheckpointRetentionOptions { KeepLast = 1, KeepBest = false });
        trainer.TrainStep(_inputs, _labels);
        var good = store.Save(trainer);
        using (no_grad())
        {
            Nets.HeadOf(_net).weight[2, 3] = float.NaN;
        }

        store.Invoking(s => s.Save(trainer)).Should().Throw<InvalidOperationException>()
            .WithMessage("*was not saved: it would have NaN or infinite numbers in 'head.weight' (1 of 40). Earlier checkpoints are untouched.*AllowNonFinite*");
        store.Checkpoints.Should().ContainSingle().Which.Name.Should().Be(good.Name);
        store.AllowNonFinite = true;
        store.Save(trainer);
        store.Resume(trainer)!.Name.Should().NotBe(good.Name);
    }

    [Fact]
    public void Moments_that_are_not_finite_are_neither_saved_nor_resumed()
    {
        using var adam = optim.Adam(_net.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(_net, adam);
        using var store = new CheckpointStore(_folder.FullName);
        trainer.TrainStep(_inputs, _labels);
        using (no_grad())
        {
            ((Adam.State)adam.state_dict().State[0]).exp_avg[0, 0] = float.PositiveInfinity;
        }

        store.Invoking(s => s.Save(trainer)).Should().Throw<InvalidOperationException>().WithMessage("*'body.weight.exp_avg' (1 of 30)*");
        store.AllowNonFinite = true;
        store.Save(trainer);
        store.AllowNonFinite = false;
        store.Invoking(s => s.Resume(trainer)).Should().Throw<CheckpointException>().WithMessage("*'body.weight.exp_avg' (1 of 30)*");
    }

    [Fact]
    public void Moments_that_overflow_from_finite_gradients_are_named_with_the_cause_when_they_are_saved()
    {
        using var adam = optim.Adam(_net.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(_net, adam, (outputs, _) => outputs.sum() * 1e21);
        using var store = new CheckpointStore(_folder.FullName);
        trainer.TrainStep(_inputs, _labels);
        store.Invoking(s => s.Save(trainer)).Should().Throw<InvalidOperationException>()
            .WithMessage("*it would have NaN or infinite numbers in 'body.weight.exp_avg_sq' (*. The weights are finite, but not what an optimizer remembers of them: the square of a gradient of about 1e19*UseGradientClipping*");
        store.Checkpoints.Should().BeEmpty();
    }

    private static List<byte[]> Bits(optim.Optimizer optimizer) =>
        [.. new OptimizerSnapshot(optimizer, new Dictionary<TensorIdentity, string>()).Tensors().Select(entry => Nets.Bits(entry.Value))];

    private (Dictionary<string, byte[]> Weights, List<byte[]> Buffers, List<byte[]> Moments) Everything(optim.Optimizer? optimizer) => (
        Nets.Bits(_net), [.. _net.named_buffers().Select(b => Nets.Bits(b.buffer))], optimizer is null ? [] : Bits(optimizer));
}
