using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Resuming;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;
using static TorchSharp.torch.optim.lr_scheduler;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>A resume compares the options of learning-rate schedulers, as far as they can be read.</summary>
[Collection(AloneCollection.Name)] // a resume sets the global generator
public sealed class LearningRateResumeTests : IDisposable
{
    private const int Steps = 3;

    private static readonly Dictionary<string, Func<Optimizer, LRScheduler>> Schedulers = new(StringComparer.Ordinal)
    {
        ["StepLR"] = o => StepLR(o, 2, 0.5),
        ["StepLR, longer"] = o => StepLR(o, 3, 0.5),
        ["StepLR, steeper"] = o => StepLR(o, 2, 0.4),
        ["MultiStepLR"] = o => MultiStepLR(o, [1, 4], 0.5),
        ["MultiStepLR, later"] = o => MultiStepLR(o, [1, 5], 0.5),
        ["PolynomialLR"] = o => PolynomialLR(o, 9, 2),
        ["PolynomialLR, higher"] = o => PolynomialLR(o, 9, 3),
        ["ExponentialLR"] = o => ExponentialLR(o, 0.9),
        ["ExponentialLR, steeper"] = o => ExponentialLR(o, 0.8),
        ["ConstantLR"] = o => ConstantLR(o, 0.5, 4),
        ["ConstantLR, lower"] = o => ConstantLR(o, 0.25, 4),
        ["LinearLR"] = o => LinearLR(o, 0.5, 1, 4),
        ["LinearLR, longer"] = o => LinearLR(o, 0.5, 1, 5),
        ["CosineAnnealingLR"] = o => CosineAnnealingLR(o, 8),
        ["CosineAnnealingLR, shorter"] = o => CosineAnnealingLR(o, 7),
        ["ReduceLROnPlateau"] = o => ReduceLROnPlateau(o, patience: 1),
        ["ReduceLROnPlateau, the other way"] = o => ReduceLROnPlateau(o, "max", patience: 1),
        ["CyclicLR"] = o => CyclicLR(o, 0.01, 0.1, 4, cycle_momentum: false),
        ["CyclicLR, from elsewhere"] = o => CyclicLR(o, 0.02, 0.1, 4, cycle_momentum: false),
        ["CyclicLR, shrinking"] = o => CyclicLR(o, 0.01, 0.1, 4, mode: impl.CyclicLR.Mode.Triangular2, cycle_momentum: false),
        ["OneCycleLR"] = o => OneCycleLR(o, 0.1, 20, cycle_momentum: false),
        ["OneCycleLR, higher"] = o => OneCycleLR(o, 0.2, 20, cycle_momentum: false),
        ["OneCycleLR, earlier"] = o => OneCycleLR(o, 0.1, 20, pct_start: 0.2, cycle_momentum: false),
        ["SequentialLR"] = o => SequentialLR(o, [ConstantLR(o, 0.5, 4), StepLR(o, 2, 0.5)], [4]),
        ["SequentialLR, another part"] = o => SequentialLR(o, [ConstantLR(o, 0.5, 4), StepLR(o, 2, 0.4)], [4]),
        ["LambdaLR"] = o => LambdaLR(o, step => 1.0 / (1 + step)),
        ["LambdaLR, slower"] = o => LambdaLR(o, step => 1.0 / (2 + step)),
        ["one's own"] = o => new Warmup(o, 3),
        ["one's own, longer"] = o => new Warmup(o, 4),
        ["one's own that says nothing"] = o => new Silent(o, 3),
        ["one's own that says nothing, longer"] = o => new Silent(o, 4),
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-rates-");

    public static TheoryData<string> All => [.. Schedulers.Keys];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(All))]
    public void The_same_options_are_the_same_however_far_the_saved_scheduler_was(string scheduler)
    {
        using var store = Saved(scheduler);
        using var second = new Run(scheduler);
        store.Resume(second.Trainer)!.Steps.Should().Be(Steps);
        ((ICheckpointed)second.Trainer).LearningRates.Single().Steps.Should().Be(Steps);
    }

    [Theory]
    [InlineData("StepLR", "StepLR, longer", "step_size was 2 and is 3")]
    [InlineData("StepLR", "StepLR, steeper", "gamma was 0.5 and is 0.4")]
    [InlineData("MultiStepLR", "MultiStepLR, later", "milestones was [1, 4] and is [1, 5]")]
    [InlineData("PolynomialLR", "PolynomialLR, higher", "power was 2 and is 3")]
    [InlineData("ExponentialLR", "ExponentialLR, steeper", "gamma was 0.9 and is 0.8")]
    [InlineData("ConstantLR", "ConstantLR, lower", "factor was 0.5 and is 0.25")]
    [InlineData("LinearLR", "LinearLR, longer", "total_iters was 4 and is 5")]
    [InlineData("CosineAnnealingLR", "CosineAnnealingLR, shorter", "t_max was 8 and is 7")]
    [InlineData("ReduceLROnPlateau", "ReduceLROnPlateau, the other way", "mode was \"min\" and is \"max\"")]
    [InlineData("CyclicLR", "CyclicLR, from elsewhere", "base_lrs was [0.01] and is [0.02]")]
    [InlineData("CyclicLR", "CyclicLR, shrinking", "mode was \"Triangular\" and is \"Triangular2\"")]
    [InlineData("OneCycleLR", "OneCycleLR, higher", "phase_values.initial_lr was [0.004] and is [0.008]; learning_rates.0.phase_values.max_lr was [0.1] and is [0.2]")]
    [InlineData("OneCycleLR", "OneCycleLR, earlier", "schedule_phases.0.end_step was 5 and is 3")]
    [InlineData("SequentialLR", "SequentialLR, another part", "schedulers.1.gamma was 0.5 and is 0.4")]
    [InlineData("one's own", "one's own, longer", "warmup was 3 and is 4")]
    public void An_option_that_differs_is_refused_by_name_or_meant(string saved, string own, string difference)
    {
        using var store = Saved(saved);
        using var second = new Run(own);
        var before = TrainerBits.Of(second.Trainer);
        store.Invoking(s => s.Resume(second.Trainer)).Should().Throw<CheckpointException>()
            .Which.Message.Should().Contain($"learning_rates.0.{difference}").And.Contain($"Accept = [\"learning_rates.0.{difference.Split(" was ")[0]}\"");
        TrainerBits.Of(second.Trainer).ShouldBe(before, "it was refused");
        store.Resume(second.Trainer, new ResumeOptions { Accept = ["learning_rates.0"] })!.Steps.Should().Be(Steps);
    }

    [Theory]
    [InlineData("LambdaLR", "LambdaLR, slower")]
    [InlineData("one's own that says nothing", "one's own that says nothing, longer")]
    public void What_cannot_be_read_is_compared_by_its_class_alone(string saved, string own)
    {
        using var store = Saved(saved);
        using var second = new Run(own);
        store.Resume(second.Trainer)!.Steps.Should().Be(Steps);
    }

    [Fact]
    public void A_scheduler_of_another_class_is_one_difference()
    {
        using var store = Saved("StepLR");
        using var second = new Run("ExponentialLR");
        store.Invoking(s => s.Resume(second.Trainer)).Should().Throw<CheckpointException>()
            .Which.Message.Should().Contain("learning_rates.0.kind was \"StepLR\" and is \"ExponentialLR\". If").And.Contain("Accept = [\"learning_rates.0.kind\"]");
    }

    private CheckpointStore Saved(string scheduler)
    {
        var store = new CheckpointStore(_folder.FullName);
        using var first = new Run(scheduler);
        first.Go();
        store.Save(first.Trainer);
        return store;
    }

    private sealed class Run : IDisposable
    {
        private readonly DisposeScopeBox _scope = new();
        private readonly Sequential _net = Nets.Small();
        private readonly Optimizer _optimizer;

        public Run(string scheduler)
        {
            _optimizer = SGD(_net.parameters(), 0.05);
            Trainer = new ContinualTrainer(_net, _optimizer);
            var schedule = Schedulers[scheduler](_optimizer);
            _ = schedule is impl.ReduceLROnPlateau
                ? Trainer.UseLearningRateScheduler(schedule, () => 1, BoundaryKind.StepBoundary)
                : Trainer.UseLearningRateScheduler(schedule, BoundaryKind.StepBoundary);
        }

        public ContinualTrainer Trainer { get; }

        public void Go()
        {
            for (var i = 0; i < Steps; i++)
            {
                Trainer.TrainStep(rand(4, 6), zeros(4, ScalarType.Int64));
            }
        }

        public void Dispose()
        {
            Trainer.Dispose();
            _optimizer.Dispose();
            _net.Dispose();
            _scope.Dispose();
        }
    }

    private class Silent(Optimizer optimizer, int warmup) : LRScheduler(optimizer)
    {
        private readonly List<double> _rates = [.. optimizer.ParamGroups.Select(group => group.LearningRate)];

        protected int Warmup => warmup;

        protected override IEnumerable<double> get_lr() => _rates.Select(rate => rate * Math.Min(1, (double)_step_count / warmup));
    }

    private sealed class Warmup(Optimizer optimizer, int warmup) : Silent(optimizer, warmup), IDescribed
    {
        public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal) { ["warmup"] = Warmup };
    }
}
