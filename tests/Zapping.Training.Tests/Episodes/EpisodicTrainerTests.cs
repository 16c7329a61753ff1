using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Episodes;

public sealed class EpisodicTrainerTests
{
    [Fact]
    public void With_an_inner_rate_of_0_Meta_ASB_is_one_Adam_step_on_the_outer_batch()
    {
        using var scope = NewDisposeScope();
        var (meta, plain) = (new EpisodicNet(gated: true), new EpisodicNet(gated: true));
        using var metaAdam = optim.Adam(meta.parameters(), 1e-2);
        using var plainAdam = optim.Adam(plain.parameters(), 1e-2);
        using var trainer = new MetaAsbTrainer(meta, metaAdam, new MetaAsbOptions { InnerLearningRate = 0 });
        using var reference = new ContinualTrainer(plain, plainAdam);
        var episodes = new RandomEpisodes();
        for (var index = 0; index < 3; index++)
        {
            var outer = episodes.Episode(index).Outer;
            trainer.TrainEpisode(episodes.Episode(index)).Should().Be(reference.TrainStep(outer.Inputs, outer.Labels));
        }

        Nets.Bits(meta).Should().BeEquivalentTo(Nets.Bits(plain));
    }

    [Fact]
    public void ASB_keeps_what_the_inner_loop_changes_and_Meta_ASB_discards_it()
    {
        using var scope = NewDisposeScope();
        var episode = new RandomEpisodes().Episode(0);
        var (kept, discarded, start) = (new EpisodicNet(gated: false), new EpisodicNet(gated: false), new EpisodicNet(gated: false));
        using var keptOuter = optim.SGD(kept.parameters(), 0);
        using var discardedOuter = optim.SGD(discarded.parameters(), 0);
        using var asb = new AsbTrainer(kept, keptOuter, new AsbOptions { InnerLearningRate = 0.1 });
        using var meta = new MetaAsbTrainer(discarded, discardedOuter, new MetaAsbOptions { InnerLearningRate = 0.1 });

        var loss = asb.TrainEpisode(episode);

        meta.TrainEpisode(episode).Should().Be(loss, "both look at the adapted weights");
        Nets.Bits(discarded).Should().BeEquivalentTo(Nets.Bits(start));
        foreach (var (name, bits) in Nets.Bits(kept))
        {
            bits.Should().NotEqual(Nets.Bits(start)[name], name);
        }
    }

    [Fact]
    public void Only_the_inner_set_moves_inside_and_only_the_outer_optimizers_parameters_outside()
    {
        using var scope = NewDisposeScope();
        var net = new EpisodicNet(gated: true);
        var before = Nets.Bits(net);
        using var outer = optim.Adam(ParameterFilter.WithPrefix("head.").Resolve(net), 1e-2);
        using var trainer = new AsbTrainer(net, outer, new AsbOptions { InnerParameters = ParameterFilter.WithPrefix("body.conv") });

        trainer.Fit(new RandomEpisodes(), 2);

        foreach (var (name, bits) in Nets.Bits(net))
        {
            bits.AsSpan().SequenceEqual(before[name]).Should().Be(!name.StartsWith("head.", StringComparison.Ordinal) && !name.StartsWith("body.conv", StringComparison.Ordinal), name);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_row_of_the_episodes_class_is_reset_before_each_episode_and_no_other(bool meta)
    {
        using var scope = NewDisposeScope();
        var net = new EpisodicNet(gated: false);
        using var still = optim.SGD(net.parameters(), 0);
        var watch = new Watch();
        using EpisodicTrainer trainer = meta
            ? new MetaAsbTrainer(net, still, new MetaAsbOptions { InnerLearningRate = 0 })
            : new AsbTrainer(net, still, new AsbOptions { InnerLearningRate = 0 });
        trainer.UseZapping(every: BoundaryKind.ClassBoundary, options => options.Head = Nets.Head).UseObserver(watch);
        for (var index = 0; index < 5; index++)
        {
            var before = Enumerable.Range(0, 5).Select(row => Nets.RowBits(Nets.HeadOf(net).weight, row)).ToList();
            var episode = new RandomEpisodes().Episode(index);
            trainer.TrainEpisode(episode);
            for (var row = 0; row < 5; row++)
            {
                Nets.RowBits(Nets.HeadOf(net).weight, row).AsSpan().SequenceEqual(before[row]).Should().Be(row != episode.ClassId);
            }
        }

        watch.Boundaries.Where(b => b.Kind == BoundaryKind.ClassBoundary).Select(b => (b.Index, b.Classes[0]))
            .Should().Equal((0, 0), (1, 1), (2, 2), (3, 3), (4, 4));
        watch.Resets.Should().Be(5);
    }

    [Fact]
    public void Observers_see_what_the_model_does_on_each_part_of_a_measured_episode()
    {
        using var scope = NewDisposeScope();
        var net = new EpisodicNet(gated: false);
        using var adam = optim.Adam(net.parameters(), 1e-2);
        var watch = new Watch();
        using var trainer = new AsbTrainer(net, adam, new AsbOptions { InnerLearningRate = 0.1, MeasurePeriod = 2 }).UseObserver(watch);
        var validation = new RandomEpisodes(inner: 7).Episode(9).Inner;
        for (var index = 0; index < 3; index++)
        {
            var episode = new RandomEpisodes().Episode(index) with { Validation = validation };
            trainer.TrainEpisode(episode);
            var report = watch.Episodes[index];
            (report.AfterInnerLoop is not null, report.AfterOuterStep is not null, report.GradientNorm is not null).Should().Be((index != 1, index != 1, index != 1));
            if (report is { AfterInnerLoop: { } adapted, AfterOuterStep: { } updated })
            {
                report.Loss.Should().Be(adapted.Loss);
                report.Accuracy.Should().Be(adapted.Accuracy).And.BeApproximately(((20 * adapted.InnerAccuracy) + (10 * adapted.RememberAccuracy)) / 30, 1e-12);
                updated.Loss.Should().Be(LossOn(net, episode.Outer)).And.NotBe(adapted.Loss);
                updated.InnerAccuracy.Should().Be(AccuracyOn(net, episode.Inner));
                updated.RememberAccuracy.Should().Be(AccuracyOn(net, episode.Remember));
                updated.ValidationAccuracy.Should().Be(AccuracyOn(net, validation));
            }
        }
    }

    [Fact]
    public void An_outer_batch_of_remember_images_alone_is_measured_on_inner_images_too()
    {
        using var scope = NewDisposeScope();
        var net = new EpisodicNet(gated: false);
        using var adam = optim.Adam(net.parameters(), 1e-2);
        var watch = new Watch();
        using var trainer = new MetaAsbTrainer(net, adam, new MetaAsbOptions { MeasurePeriod = 1 }).UseObserver(watch);
        var whole = new RandomEpisodes().Episode(0);
        var episode = whole with { Outer = whole.Remember };

        trainer.TrainEpisode(episode);

        watch.Episodes[0].AfterOuterStep!.InnerAccuracy.Should().Be(AccuracyOn(net, episode.Inner));
        watch.Episodes[0].AfterOuterStep!.Accuracy.Should().Be(AccuracyOn(net, episode.Remember)).And.Be(watch.Episodes[0].AfterOuterStep!.RememberAccuracy);
    }

    [Fact]
    public void Running_statistics_take_each_image_once_and_none_that_is_only_looked_at()
    {
        using var scope = NewDisposeScope();
        var statistics = new[] { true, false }.Select(meta =>
        {
            var net = WithStatistics();
            using var still = optim.SGD(net.parameters(), 0);
            using EpisodicTrainer trainer = meta
                ? new MetaAsbTrainer(net, still, new MetaAsbOptions { InnerLearningRate = 0.05, MeasurePeriod = 1, WeightSnapshotInterval = 6 })
                : new AsbTrainer(net, still, new AsbOptions { InnerLearningRate = 0.05, MeasurePeriod = 1 });
            trainer.UseObserver(new Watch());
            trainer.TrainEpisode(new RandomEpisodes().Episode(0));
            net.training.Should().BeTrue();
            return net.named_buffers().ToDictionary(b => b.name, b => Nets.Bits(b.buffer), StringComparer.Ordinal);
        }).ToList();

        statistics[0].Should().BeEquivalentTo(statistics[1], "the passes made again on the way back leave them alone");
        BitConverter.ToInt64(statistics[0]["norm.num_batches_tracked"]).Should().Be(21);
    }

    [Fact]
    public void Meta_ASB_refuses_dropout_in_train_mode_and_nothing_else_does()
    {
        using var scope = NewDisposeScope();
        var net = Sequential(("conv", Conv2d(1, 2, 3)), ("flatten", Flatten()), ("drop", Dropout(0.5)), ("head", Linear(32, 5)));
        net.to(ScalarType.Float64);
        using var adam = optim.Adam(net.parameters());
        var episode = new RandomEpisodes().Episode(0);
        using var meta = new MetaAsbTrainer(net, adam);
        var before = Nets.Bits(net);

        FluentActions.Invoking(() => meta.TrainEpisode(episode)).Should().Throw<NotSupportedException>().WithMessage("*'drop'*FirstOrder*");

        Nets.Bits(net).Should().BeEquivalentTo(before);
        using var firstOrder = new MetaAsbTrainer(net, adam, new MetaAsbOptions { FirstOrder = true });
        using var asb = new AsbTrainer(net, adam);
        firstOrder.TrainEpisode(episode);
        asb.TrainEpisode(episode);
        net.eval();
        meta.TrainEpisode(episode);
    }

    [Fact]
    public void Meta_ASB_notices_a_forward_pass_that_does_not_repeat_itself_and_gives_the_slow_weights_back()
    {
        using var scope = NewDisposeScope();
        var net = new Noisy();
        using var adam = optim.Adam(net.parameters());
        using var trainer = new MetaAsbTrainer(net, adam);
        var before = Nets.Bits(net);
        FluentActions.Invoking(() => trainer.TrainEpisode(new RandomEpisodes().Episode(0)))
            .Should().Throw<InvalidOperationException>().WithMessage("*does not repeat itself*");
        Nets.Bits(net).Should().BeEquivalentTo(before);
        trainer.State.Steps.Should().Be(0);
    }

    [Fact]
    public void A_loss_that_is_not_finite_ends_the_episode_without_an_outer_step()
    {
        using var scope = NewDisposeScope();
        var net = new EpisodicNet(gated: false);
        using var adam = optim.Adam(net.parameters());
        using var trainer = new MetaAsbTrainer(net, adam, new MetaAsbOptions { InnerLearningRate = 0.1 });
        var before = Nets.Bits(net);
        var episode = new RandomEpisodes().Episode(2);
        episode.Inner.Inputs[7] = tensor(double.NaN);
        FluentActions.Invoking(() => trainer.TrainEpisode(episode))
            .Should().Throw<NonFiniteStepException>().Which.Boundary!.Classes.Should().Equal(2);
        Nets.Bits(net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void Parameters_on_which_nothing_depends_are_left_alone()
    {
        using var scope = NewDisposeScope();
        var net = new Idle();
        using var adam = optim.Adam(net.parameters(), 0.1);
        var before = Nets.Bits(net)["idle.weight"];
        foreach (var trainer in new EpisodicTrainer[] { new AsbTrainer(net, adam), new MetaAsbTrainer(net, adam) })
        {
            using (trainer)
            {
                trainer.Fit(new RandomEpisodes(), 2);
            }
        }

        Nets.Bits(net)["idle.weight"].Should().Equal(before);
    }

    [Fact]
    public void Gradients_are_clipped_before_the_outer_step()
    {
        using var scope = NewDisposeScope();
        var net = new EpisodicNet(gated: false);
        using var outer = optim.SGD(net.parameters(), 1);
        var watch = new Watch();
        using var trainer = new MetaAsbTrainer(net, outer).UseGradientClipping(1e-3).UseObserver(watch);
        var before = net.parameters().Select(p => p.detach().clone()).ToList();
        trainer.TrainEpisode(new RandomEpisodes().Episode(0));
        watch.Episodes[0].GradientNorm.Should().BeGreaterThan(1e-3);
        Math.Sqrt(net.parameters().Zip(before, (p, b) => (p - b).square().sum().item<double>()).Sum()).Should().BeApproximately(1e-3, 1e-8);
    }

    [Fact]
    public void Misuse_is_named_before_anything_happens()
    {
        using var scope = NewDisposeScope();
        var net = new EpisodicNet(gated: false);
        using var adam = optim.Adam(net.parameters());
        using var lbfgs = optim.LBFGS(net.parameters());
        using var trainer = new AsbTrainer(net, adam);
        FluentActions.Invoking(() => trainer.UseZapping(every: BoundaryKind.EpochBoundary)).Should().Throw<ArgumentException>().WithMessage("*EpochBoundary*");
        FluentActions.Invoking(() => trainer.UseLearningRateScheduler(optim.lr_scheduler.StepLR(adam, 1))).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new MetaAsbTrainer(net, lbfgs)).Should().Throw<NotSupportedException>().WithMessage("*LBFGS*");
        FluentActions.Invoking(() => new AsbTrainer(net, adam, new AsbOptions { InnerLearningRate = double.NaN })).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new AsbTrainer(net, adam, new AsbOptions { InnerLearningRate = -1 })).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new MetaAsbTrainer(net, adam, new MetaAsbOptions { WeightSnapshotInterval = 0 })).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new AsbTrainer(net, adam, new AsbOptions { InnerParameters = ParameterFilter.WithPrefix("tail.") }))
            .Should().Throw<InvalidOperationException>().WithMessage("*'tail.'*body.conv.weight*");
        FluentActions.Invoking(() => new AsbTrainer(net, adam, new AsbOptions { InnerParameters = ParameterFilter.Where(_ => false) }))
            .Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => ParameterFilter.WithPrefix()).Should().Throw<ArgumentException>();
        var episode = new RandomEpisodes().Episode(0);
        FluentActions.Invoking(() => trainer.TrainEpisode(episode with { Outer = episode.Inner })).Should().Throw<ArgumentException>().WithMessage("*outer batch of 20*");
        trainer.State.Should().Be(new TrainerState(0, 0, 0, 0));
    }

    [Fact]
    public void Cancellation_ends_training_between_two_episodes()
    {
        using var scope = NewDisposeScope();
        var net = new EpisodicNet(gated: false);
        using var adam = optim.Adam(net.parameters());
        using var cancel = new CancellationTokenSource();
        using var trainer = new AsbTrainer(net, adam).UseObserver(new Watch { AfterEpisode = index => Cancel(cancel, index) });
        FluentActions.Invoking(() => trainer.Fit(new RandomEpisodes(), 10, cancellationToken: cancel.Token)).Should().Throw<OperationCanceledException>();
        trainer.State.Steps.Should().Be(3);

        static void Cancel(CancellationTokenSource source, long index)
        {
            if (index == 2)
            {
                source.Cancel();
            }
        }
    }

    private static Sequential WithStatistics()
    {
        var net = Sequential(("conv", Conv2d(1, 2, 3)), ("norm", BatchNorm2d(2)), ("relu", ReLU()), ("flatten", Flatten()), ("head", Linear(32, 5)));
        using var noGrad = no_grad();
        using var generator = new Generator(5);
        foreach (var parameter in net.parameters())
        {
            parameter.normal_(0, 0.5, generator);
        }

        net.to(ScalarType.Float64);
        return net;
    }

    private static double LossOn(EpisodicNet net, LabeledBatch images) =>
        functional.cross_entropy(net.call(images.Inputs), images.Labels).item<double>();

    private static double AccuracyOn(EpisodicNet net, LabeledBatch images) =>
        net.call(images.Inputs).argmax(1).eq(images.Labels).to(ScalarType.Float64).mean().item<double>();

    private sealed class Watch : ITrainingObserver
    {
        public List<TrainingBoundary> Boundaries { get; } = [];

        public List<EpisodeReport> Episodes { get; } = [];

        public int Resets { get; private set; }

        public Action<long>? AfterEpisode { get; init; }

        public void OnBoundaryStarted(TrainingBoundary boundary) => Boundaries.Add(boundary);

        public void OnResetCompleted(ResetReport report) => Resets++;

        public void OnEpisode(EpisodeReport report)
        {
            Episodes.Add(report);
            AfterEpisode?.Invoke(report.Index);
        }
    }

    /// <summary>Drops features by a call that no module shows.</summary>
    private sealed class Noisy : Module<Tensor, Tensor>
    {
        private readonly Linear head = Linear(36, 5, dtype: ScalarType.Float64);

        public Noisy()
            : base(nameof(Noisy)) => RegisterComponents();

        public override Tensor forward(Tensor input) => head.call(functional.dropout(input.flatten(1), 0.5, training: true));
    }

    private sealed class Idle : Module<Tensor, Tensor>
    {
        private readonly Linear head = Linear(36, 5, dtype: ScalarType.Float64);
        private readonly Linear idle = Linear(3, 3, dtype: ScalarType.Float64);

        public Idle()
            : base(nameof(Idle)) => RegisterComponents();

        public Linear Unused => idle;

        public override Tensor forward(Tensor input) => head.call(input.flatten(1));
    }
}
