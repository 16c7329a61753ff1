using FluentAssertions;
using Xunit;
using Zapping.Training.Diagnostics;
using Zapping.Training.Optimizers;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;
using static Zapping.Training.Diagnostics.DiagnosticsMoment;

namespace Zapping.Training.Tests.Diagnostics;

[Collection(AloneCollection.Name)] // counts live tensors
public sealed class DiagnosticsObserverTests
{
    [Fact]
    public void It_measures_after_every_so_many_steps_and_around_each_reset()
    {
        using var scope = NewDisposeScope();
        var net = Nets.Small();
        using var optimizer = new FusedAdam(net.parameters(), 1e-2);
        var diagnostics = Observer(net, new DiagnosticsOptions { Period = 3, AroundResets = true });
        using var trainer = new ContinualTrainer(net, optimizer).UseObserver(diagnostics).UseReset(new ResetSchedule(EpochBoundary) { SkipFirst = true }, Zap());

        Train(trainer, epochs: 3, steps: 4);

        diagnostics.Records.Select(record => (record.Moment, record.Steps, record.Boundary?.Index)).Should().Equal(
            (Step, 3, null), (BeforeReset, 4, 1), (AfterReset, 4, 1), (Step, 6, null),
            (BeforeReset, 8, 2), (AfterReset, 8, 2), (Step, 9, null), (Step, 12, null));
        diagnostics.Records[1].Boundary.Should().Be(diagnostics.Records[2].Boundary).And.BeEquivalentTo(TrainingBoundary.Epoch(1));
        diagnostics.Records.Should().AllSatisfy(record => record.Representation.Should().NotBeNull());
    }

    [Fact]
    public void Before_a_reset_the_weights_are_the_learned_ones_and_after_it_the_reset_ones()
    {
        using var scope = NewDisposeScope();
        var net = Nets.Small();
        using var optimizer = new FusedAdam(net.parameters(), 1e-2);
        var diagnostics = Observer(net, new DiagnosticsOptions { Period = 1, AroundResets = true });
        var zap = new ZapOptions { Head = Nets.Head, Units = UnitSelection.Indices(5), Weights = Initializer.Zeros() };
        using var trainer = new ContinualTrainer(net, optimizer).UseObserver(diagnostics).UseZapping(new ResetSchedule(EpochBoundary) { SkipFirst = true }, zap);

        Train(trainer, epochs: 2, steps: 1);

        var (step, before, after) = (diagnostics.Records[0], diagnostics.Records[1], diagnostics.Records[2]);
        (before.Steps, after.Steps).Should().Be((1, 1));
        before.Weights.Should().BeEquivalentTo(step.Weights);
        before.Representation.Should().BeEquivalentTo(step.Representation);
        after.Representation.Should().BeEquivalentTo(step.Representation, "features lie below the classifier");
        after.Weights!.HeadRows.All[5].Should().Be(0);
        after.Weights.HeadRows.All.Where((_, unit) => unit != 5).Should().Equal(before.Weights!.HeadRows.All.Where((_, unit) => unit != 5));
        before.Weights.HeadRows.All[5].Should().BePositive();
    }

    [Fact]
    public void Resets_that_are_not_asked_for_cost_nothing_and_those_that_are_not_due_are_not_told()
    {
        using var scope = NewDisposeScope();
        var net = Nets.Small();
        using var optimizer = new FusedAdam(net.parameters(), 1e-2);
        var (silent, told) = (Observer(net), Observer(net, new DiagnosticsOptions { Period = 1000, AroundResets = true }));
        using var trainer = new ContinualTrainer(net, optimizer).UseObserver(silent).UseObserver(told)
            .UseReset(new ResetSchedule(EpochBoundary) { From = 1, Period = 2 }, Zap());
        Train(trainer, epochs: 4, steps: 1);
        silent.Records.Should().BeEmpty();
        told.Records.Select(record => record.Boundary!.Index).Should().Equal(1, 1, 3, 3);
    }

    [Fact]
    public void The_callback_gets_each_record_as_it_is_made()
    {
        using var scope = NewDisposeScope();
        var net = Nets.Small();
        var told = new List<DiagnosticsRecord>();
        var diagnostics = new DiagnosticsObserver(null, new WeightProbe(net, Nets.Head), new DiagnosticsOptions { Period = 2 }, told.Add);
        Steps(diagnostics, 0, 1, 2, 3, 4);
        told.Select(record => record.Steps).Should().Equal(2, 4);
        told.Should().Equal(diagnostics.Records).And.AllSatisfy(record => record.Representation.Should().BeNull());
    }

    [Fact]
    public void Steps_made_anew_replace_what_was_noted_of_them_but_not_the_resets_before()
    {
        using var scope = NewDisposeScope();
        var diagnostics = Observer(Nets.Small(), new DiagnosticsOptions { Period = 1, AroundResets = true });
        Steps(diagnostics, 0, 1);
        diagnostics.OnResetting(TrainingBoundary.Epoch(1));
        Steps(diagnostics, 2, 3, 2);
        diagnostics.Records.Select(record => (record.Moment, record.Steps)).Should().Equal((Step, 1), (Step, 2), (BeforeReset, 2), (Step, 3));
    }

    [Fact]
    public void A_resumed_run_says_where_it_begins()
    {
        using var scope = NewDisposeScope();
        var diagnostics = Observer(Nets.Small(), new DiagnosticsOptions { Period = 5, AroundResets = true, StepsBefore = 14 });
        diagnostics.OnResetting(TrainingBoundary.Epoch(1));
        Steps(diagnostics, 14);
        diagnostics.Records.Select(record => (record.Moment, record.Steps)).Should().Equal((BeforeReset, 14), (Step, 15));
    }

    [Fact]
    public void Episodes_count_as_steps()
    {
        using var scope = NewDisposeScope();
        var net = new EpisodicNet(gated: false, ScalarType.Float32);
        using var optimizer = new FusedAdam(net.parameters(), 1e-3);
        var diagnostics = new DiagnosticsObserver(
            new RepresentationProbe(net, ones(2, 1, 6, 6)), new WeightProbe(net), new DiagnosticsOptions { Period = 2, AroundResets = true });
        using var trainer = new MetaAsbTrainer(net, optimizer, new MetaAsbOptions { InnerLearningRate = 0.01 })
            .UseZapping(every: ClassBoundary).UseObserver(diagnostics);
        trainer.Fit(new RandomEpisodes(ScalarType.Float32, inner: 2, remember: 2), 3);
        diagnostics.Records.Select(record => (record.Moment, record.Steps)).Should().Equal(
            (BeforeReset, 0), (AfterReset, 0), (BeforeReset, 1), (AfterReset, 1), (Step, 2), (BeforeReset, 2), (AfterReset, 2));
        diagnostics.Records[4].Weights!.GradientNorm.Should().BePositive("the outer step's gradients are there");
    }

    [Fact]
    public void Training_is_the_same_with_and_without_it()
    {
        byte[] Trained(bool observed)
        {
            using var scope = NewDisposeScope();
            var net = Nets.Small();
            using var optimizer = new FusedAdam(net.parameters(), 1e-2);
            using var trainer = new ContinualTrainer(net, optimizer).UseReset(EpochBoundary, Zap());
            if (observed)
            {
                trainer.UseObserver(Observer(net, new DiagnosticsOptions { Period = 1, AroundResets = true }));
            }

            Train(trainer, epochs: 3, steps: 5);
            return [.. Nets.Bits(net).Values.SelectMany(bits => bits)];
        }

        Trained(observed: true).Should().Equal(Trained(observed: false));
    }

    [Fact]
    public void It_leaves_no_tensors()
    {
        using var scope = NewDisposeScope();
        var diagnostics = Observer(Nets.Small(), new DiagnosticsOptions { Period = 1 });
        Steps(diagnostics, 0);
        var before = LiveTensors.BeforeTest();
        Steps(diagnostics, 1, 2, 3);
        Tensor.TotalCount.Should().Be(before);
    }

    [Fact]
    public void What_cannot_be_done_is_refused()
    {
        using var scope = NewDisposeScope();
        var weights = new WeightProbe(Nets.Small(), Nets.Head);
        FluentActions.Invoking(() => new DiagnosticsObserver(null, null)).Should().Throw<ArgumentException>()
            .WithMessage("There is nothing to measure: give a probe of representations, of weights, or both.*");
        FluentActions.Invoking(() => new DiagnosticsObserver(null, weights, new DiagnosticsOptions { Period = 0 })).Should().Throw<ArgumentException>()
            .WithMessage("Invalid DiagnosticsOptions: The field Period must be between 1 and 2147483647.*");
        FluentActions.Invoking(() => new DiagnosticsObserver(null, weights, new DiagnosticsOptions { StepsBefore = -1 })).Should().Throw<ArgumentException>()
            .WithMessage("Invalid DiagnosticsOptions: The field StepsBefore must be between 0 and 9223372036854775807.*");
    }

    private static DiagnosticsObserver Observer(Module net, DiagnosticsOptions? options = null) => new(
        new RepresentationProbe((Module<Tensor, Tensor>)net, ones(3, 6), new RepresentationOptions { Head = Nets.Head }),
        new WeightProbe(net, Nets.Head),
        options);

    private static ZapPolicy Zap() => new(new ZapOptions { Head = Nets.Head, Units = UnitSelection.All });

    private static void Steps(DiagnosticsObserver diagnostics, params int[] indices)
    {
        using var scope = NewDisposeScope();
        foreach (var index in indices)
        {
            diagnostics.OnStep(new TrainingStep(index, 1, null, eye(2), arange(2)));
        }
    }

    private static void Train(ContinualTrainer trainer, int epochs, int steps)
    {
        for (var step = 0; step < epochs * steps; step++)
        {
            if (step % steps == 0)
            {
                trainer.BeginEpoch();
            }

            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)step);
            trainer.TrainStep(randn([16, 6], generator: generator), randint(0, Nets.Units, [16], generator: generator));
        }
    }
}
