using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Steps;

/// <summary>Batch normalization in train mode cannot take its variance from one value.</summary>
public sealed class BatchOfOneTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly BatchNorm1d _norm = BatchNorm1d(4);
    private readonly Sequential _net;
    private readonly optim.Optimizer _adam;
    private readonly ContinualTrainer _trainer;
    private readonly List<BoundaryKind> _signaled = [];

    public BatchOfOneTests()
    {
        _net = Sequential(("body", Linear(6, 4)), ("norm", _norm), ("relu", ReLU()), ("head", Linear(4, 3)));
        _adam = optim.Adam(_net.parameters(), 1e-2);
        _trainer = new ContinualTrainer(_net, _adam).UseObserver(new Boundaries(_signaled));
    }

    public void Dispose()
    {
        _trainer.Dispose();
        _adam.Dispose();
        _net.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void A_last_batch_of_one_is_refused_before_the_first() => Refused(() => _trainer.Fit(new ShuffledBatches(rand(9, 6), Labels(9), 4), epochs: 1));

    [Fact]
    public void A_last_micro_batch_of_one_is_refused() => Refused(() => _trainer.UseGradientAccumulation(4).Fit(new ShuffledBatches(rand(9, 6), Labels(9), 9), epochs: 1));

    [Fact]
    public void Micro_batches_of_one_are_refused() => Refused(() => _trainer.UseGradientAccumulation(1).TrainStep(rand(4, 6), Labels(4)));

    [Fact]
    public void A_stream_in_batches_of_one_is_refused() => Refused(() => _trainer.Fit([new TrainingTask(new ClassExamples(0, rand(3, 6)))], batchSize: 1));

    [Fact]
    public void A_class_that_leaves_one_over_is_refused_though_it_is_not_the_first() => Refused(
        () => _trainer.Fit([new TrainingTask(new ClassExamples(0, rand(4, 6)), new ClassExamples(1, rand(5, 6)))], batchSize: 2));

    [Fact]
    public void A_single_step_is_refused() => Refused(() => _trainer.TrainStep(rand(1, 6), Labels(1)));

    [Theory]
    [InlineData("asb")]
    [InlineData("meta-asb")]
    public void The_single_images_of_an_episode_are_refused(string method)
    {
        using var trainer = method == "asb" ? (EpisodicTrainer)new AsbTrainer(_net, _adam) : new MetaAsbTrainer(_net, _adam);
        trainer.UseObserver(new Boundaries(_signaled));
        Refused(() => trainer.Fit(new EpisodeSampler(new LabeledBatch(rand(12, 6), Labels(12)), new EpisodeOptions { InnerExamples = 2, RememberExamples = 4 }), 1));
    }

    [Fact]
    public void A_source_that_does_not_say_its_sizes_is_refused_at_the_batch() =>
        FluentActions.Invoking(() => _trainer.Fit(new ShuffledBatches(rand(9, 6), Labels(9), 8).Prefetch(CPU), epochs: 1))
            .Should().Throw<InvalidOperationException>().WithMessage("'norm' (BatchNorm1d)*");

    [Fact]
    public void In_eval_mode_and_where_an_image_has_many_positions_it_is_right()
    {
        _norm.eval();
        _trainer.TrainStep(rand(1, 6), Labels(1));
        using var net = Sequential(("conv", Conv2d(1, 4, 3)), ("norm", BatchNorm2d(4)), ("flat", Flatten()), ("head", Linear(64, 3)));
        using var sgd = optim.SGD(net.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(net, sgd);
        trainer.Fit([new TrainingTask(new ClassExamples(0, rand(3, 1, 6, 6)))], batchSize: 1).Steps.Should().Be(3);
        net.named_buffers().Should().OnlyContain(b => b.buffer.isfinite().all().item<bool>());
    }

    [Fact]
    public void Statistics_that_become_NaN_in_a_module_of_ones_own_are_found_and_taken_back()
    {
        using var net = new OwnStatistics();
        using var sgd = optim.SGD(net.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(net, sgd);
        trainer.TrainStep(rand(4, 6), Labels(4));
        var before = net.named_buffers().Select(b => Nets.Bits(b.buffer)).ToList();

        trainer.Invoking(t => t.TrainStep(rand(1, 6), Labels(1))).Should().Throw<NonFiniteStepException>()
            .WithMessage("*the step made 'variance' (6 of 6) NaN or infinite at step 1*").Which.Tensors.Should().Equal("variance");
        net.named_buffers().Select(b => Nets.Bits(b.buffer)).Should().BeEquivalentTo(before);
        trainer.State.Steps.Should().Be(1);
    }

    private static Tensor Labels(int count) => arange(count).remainder(3);

    private void Refused(Action act)
    {
        var before = (Nets.Bits(_net), _net.named_buffers().Select(b => Nets.Bits(b.buffer)).ToList());
        act.Should().Throw<InvalidOperationException>().WithMessage("'norm' (BatchNorm1d) is in train mode, and a batch of one example*has no variance*");
        (Nets.Bits(_net), _net.named_buffers().Select(b => Nets.Bits(b.buffer)).ToList()).Should().BeEquivalentTo(before);
        _trainer.State.Should().Be(new TrainerState(0, 0, 0, 0));
        _signaled.Should().BeEmpty();
        _norm.training.Should().BeTrue();
    }

    private sealed class Boundaries(List<BoundaryKind> signaled) : ITrainingObserver
    {
        public void OnBoundaryStarted(TrainingBoundary boundary) => signaled.Add(boundary.Kind);
    }

    private sealed class OwnStatistics : Module<Tensor, Tensor>
    {
        private readonly Linear head = Linear(6, 3);

        public OwnStatistics()
            : base(nameof(OwnStatistics))
        {
            register_buffer("variance", ones(6));
            register_buffer("mask", full(6, float.NegativeInfinity));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using (no_grad())
            {
                get_buffer("variance")!.copy_(input.var([0]));
            }

            return head.call(input);
        }
    }
}
