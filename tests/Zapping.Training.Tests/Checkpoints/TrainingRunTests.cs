using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Optimizers;
using Zapping.Training.Resuming;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>A loop of one's own that is killed and resumed ends with the bits of one that was not.</summary>
[Collection(AloneCollection.Name)] // a resume sets the global generator
public sealed class TrainingRunTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-run-");
    private readonly Tensor _inputs = randn(20, 6);
    private readonly Tensor _labels = randint(0, Nets.Units, [20]);

    public static TheoryData<string> Schedulers => ["StepLR", "Cosine", "Sequential", "Chained", "OneCycle"];

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(Schedulers))]
    public void N_and_kill_and_N_is_2N(string scheduler)
    {
        using var whole = new Loop(this, scheduler);
        whole.Go(until: 6);
        using (var first = new Loop(this, scheduler))
        using (var store = new CheckpointStore(_folder.FullName))
        {
            first.Go(until: 3);
            first.Run.Set("best", 0.1 + 0.2);
            store.Save(first.Run, score: 0.5).Steps.Should().Be(first.Run.Steps);
        }

        using var second = new Loop(this, scheduler);
        using (var store = new CheckpointStore(_folder.FullName))
        {
            store.Resume(second.Run)!.Score.Should().Be(0.5);
        }

        second.Run.Epochs.Should().Be(3);
        second.Run.Get("best", 0.0).Should().Be(0.1 + 0.2);
        second.Run.Get("missing", 7).Should().Be(7);
        second.Go(until: 6);
        Nets.Bits(second.Net).Should().BeEquivalentTo(Nets.Bits(whole.Net));
        second.Adam.ParamGroups.Single().LearningRate.Should().Be(whole.Adam.ParamGroups.Single().LearningRate);
    }

    [Theory]
    [InlineData("batch size", "trainer.data.batch_size was 5 and is 4")]
    [InlineData("data", "trainer.data.inputs")]
    [InlineData("setting", "trainer.augment was true and is false")]
    [InlineData("zap", "resets.0")]
    [InlineData("schedule", "learning_rates.0")]
    public void A_difference_is_named_and_refused_unless_it_is_listed(string what, string message)
    {
        using (var first = new Loop(this, "StepLR"))
        using (var store = new CheckpointStore(_folder.FullName))
        {
            first.Go(until: 1);
            store.Save(first.Run);
        }

        using var second = new Loop(this, "StepLR", what);
        var before = Nets.Bits(second.Net);
        using var again = new CheckpointStore(_folder.FullName);
        again.Invoking(store => store.Resume(second.Run)).Should().Throw<CheckpointException>().WithMessage($"*{message}*");
        Nets.Bits(second.Net).Should().BeEquivalentTo(before);
        second.Run.Steps.Should().Be(0);

        again.Resume(second.Run, new ResumeOptions { Accept = ["trainer", "resets", "learning_rates"] })!.Steps.Should().Be(second.Run.Steps).And.BePositive();
    }

    [Fact]
    public void A_schedule_that_waits_for_a_metric_is_refused()
    {
        using var loop = new Loop(this, "StepLR");
        FluentActions.Invoking(() => new TrainingRun(loop.Net, [loop.Adam]) { LearningRates = [optim.lr_scheduler.ReduceLROnPlateau(loop.Adam)] })
            .Should().Throw<ArgumentException>().WithMessage("*metric*");
    }

    [Fact]
    public void A_loop_of_begin_and_step_keeps_rates_and_checkpoints_as_Fit_does()
    {
        var data = new ShuffledBatches(_inputs, _labels, batchSize: 5, seed: 3);
        using var fitted = new Loop(this, "StepLR");
        using var byHand = new Loop(this, "StepLR");
        using var fit = new ContinualTrainer(fitted.Net, fitted.Adam).UseLearningRateScheduler(fitted.Rates);
        using var steps = new ContinualTrainer(byHand.Net, byHand.Adam).UseLearningRateScheduler(byHand.Rates);
        using var store = new CheckpointStore(_folder.FullName);
        steps.UseCheckpoints(store, everySteps: 5);

        fit.Fit(data, epochs: 3);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            steps.BeginEpoch();
            foreach (var batch in data.Epoch(epoch))
            {
                steps.TrainStep(batch);
            }
        }

        steps.EndEpoch();
        Nets.Bits(byHand.Net).Should().BeEquivalentTo(Nets.Bits(fitted.Net));
        byHand.Adam.ParamGroups.Single().LearningRate.Should().Be(fitted.Adam.ParamGroups.Single().LearningRate);
        store.Checkpoints.Select(checkpoint => checkpoint.Steps).Should().Equal(10, 5);
        steps.State.Should().Be(fit.State);
    }

    private sealed class Loop : IDisposable
    {
        private readonly ShuffledBatches _data;
        private readonly ZapScheduler _zapper;

        public Loop(TrainingRunTests owner, string scheduler, string difference = "")
        {
            Net = Nets.Small();
            Adam = new FusedAdam(Net.parameters(), 1e-2);
            Rates = scheduler switch
            {
                "StepLR" => optim.lr_scheduler.StepLR(Adam, 2, difference == "schedule" ? 0.5 : 0.1),
                "Cosine" => optim.lr_scheduler.CosineAnnealingLR(Adam, 6),
                "Sequential" => optim.lr_scheduler.SequentialLR(Adam, [optim.lr_scheduler.ConstantLR(Adam, 0.5, 2), optim.lr_scheduler.StepLR(Adam, 2)], [2]),
                "Chained" => optim.lr_scheduler.ChainedLR([optim.lr_scheduler.StepLR(Adam, 2), optim.lr_scheduler.StepLR(Adam, 3)]),
                _ => optim.lr_scheduler.OneCycleLR(Adam, 0.1, total_steps: 30),
            };
            _data = new ShuffledBatches(difference == "data" ? owner._inputs * 2 : owner._inputs, owner._labels, difference == "batch size" ? 4 : 5, seed: 9);
            _zapper = new ZapScheduler(
                Net, [Adam], new ZapPolicy(new ZapOptions { Head = Nets.Head, Units = UnitSelection.Random(difference == "zap" ? 3 : 2) }), new ResetSchedule(EpochBoundary) { Seed = 6 });
            Run = new TrainingRun(Net, [Adam])
            {
                Resets = [_zapper],
                LearningRates = [Rates],
                Data = _data,
                Settings = new Dictionary<string, object?>(StringComparer.Ordinal) { ["augment"] = difference != "setting" },
            };
        }

        public TorchSharp.Modules.Sequential Net { get; }

        public FusedAdam Adam { get; }

        public optim.lr_scheduler.LRScheduler Rates { get; }

        public TrainingRun Run { get; }

        public void Go(long until)
        {
            for (; Run.Epochs < until; Run.Epochs++)
            {
                _zapper.Signal(EpochBoundary);
                foreach (var (inputs, labels) in _data.Epoch(Run.Epochs))
                {
                    Adam.zero_grad();
                    nn.functional.cross_entropy(Net.call(inputs), labels).backward();
                    Adam.step();
                    Run.Steps++;
                }

                Rates.step();
            }
        }

        public void Dispose()
        {
            Adam.Dispose();
            Net.Dispose();
        }
    }
}
