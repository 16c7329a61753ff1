using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Optimizers;
using Zapping.Training.Steps;
using Zapping.Training.Tests.Policies.ContinualBackprop;
using Zapping.Training.Tests.Shared;
using Zapping.Training.UpdateRules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.UpdateRules;

/// <summary>Steps by hand, and what a step must not remember.</summary>
[Collection(AloneCollection.Name)] // tensors are counted
public sealed class UpgdRuleTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Two_steps_are_those_computed_by_hand()
    {
        using var run = new Run(options => { });
        run.Step(-0.5, 0.1, 0.4).Should().BeApproximately([1.013447071, -2.004013123, 0.476052494], 1e-9);
        run.Utility.Should().BeApproximately([0.05, 0.02, -0.02], 1e-9);
        run.Step(0.2, -0.3, 0.1).Should().BeApproximately([1.008068243, -1.978634801, 0.468901418], 1e-9);
        run.Utility.Should().BeApproximately([0.024731059, -0.042120394, -0.022760525], 1e-9);
    }

    [Fact]
    public void The_released_correction_freezes_useful_weights_at_first()
    {
        using var run = new Run(options => options.Correction = UpgdCorrection.AsReleased);
        run.Step(-0.5, 0.1, 0.4).Should().BeApproximately([1.000002270, -2.000179862, 0.460719448], 1e-9);
    }

    [Fact]
    public void A_local_scale_is_the_norm_of_each_row()
    {
        // The corrected utilities 0.5, 0.2 and -0.2 have the norm 0.574456265.
        using var run = new Run(options => options.Scale = UpgdScale.Local);
        var gates = new[] { 0.5, 0.2, -0.2 }.Select(utility => 1 / (1 + Math.Exp(-utility / 0.574456264653803)));
        var expected = gates.Zip([(1, -0.5), (-2, 0.1), (0.5, 0.4)], (gate, own) => own.Item1 - (0.1 * own.Item2 * (1 - gate)));
        run.Step(-0.5, 0.1, 0.4).Should().BeApproximately([.. expected], 1e-9);
    }

    [Theory]
    [InlineData(0.5, -0.1, 0.4)] // all utilities are negative
    [InlineData(0, 0, 0)]
    public void Where_nothing_is_useful_nothing_is_protected(double first, double second, double third)
    {
        using var run = new Run(_ => { });
        run.Step(first, second, third).Should().BeApproximately([1 - (0.05 * first), -2 - (0.05 * second), 0.5 - (0.05 * third)], 1e-9);
    }

    [Fact]
    public void Weight_decay_is_the_optimizers()
    {
        using var run = new Run(_ => { }, weightDecay: 0.5);
        run.Step(-0.5, 0.1, 0.4).Should().BeApproximately([1.013447071 - 0.05, -2.004013123 + 0.1, 0.476052494 - 0.025], 1e-9);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Noise_is_that_of_seed_and_step_and_is_gated(bool protects)
    {
        double[] Moves(ulong seed, double noise, int steps)
        {
            using var run = new Run(options => (options.Noise, options.Seed, options.Protects) = (noise, seed, protects));
            double[] weights = [];
            for (var step = 0; step < steps; step++)
            {
                weights = run.Step(-0.5, 0.1, 0.4);
            }

            return weights;
        }

        Moves(7, 0.5, 2).Should().Equal(Moves(7, 0.5, 2));
        Moves(7, 0.5, 1).Should().NotEqual(Moves(8, 0.5, 1));
        var gates = new[] { 0.731058579, 0.598687660, 0.401312340 };
        var quiet = Moves(7, 0, 1);
        quiet.Should().BeApproximately([.. new[] { (1, -0.5), (-2, 0.1), (0.5, 0.4) }.Zip(gates, (own, gate) => own.Item1 - (0.1 * own.Item2 * (protects ? 1 - gate : 1)))], 1e-9);
        var once = Moves(7, 0.5, 1).Zip(quiet, (loud, still) => loud - still).ToArray();
        var twice = Moves(7, 1, 1).Zip(quiet, (loud, still) => loud - still);
        twice.Should().BeApproximately([.. once.Select(move => 2 * move)], 1e-9);
        once.Should().OnlyContain(move => move != 0);
    }

    [Fact]
    public void Noise_has_the_deviation_that_was_asked_for()
    {
        using var net = Linear(100, 200);
        using var sgd = optim.SGD(net.parameters(), 1);
        using var trainer = new ContinualTrainer<Tensor>(net, sgd, _ => net.weight.sum() * 0 + (net.bias!.sum() * 0)).UseUpgd(options => options.Noise = 0.2);
        var before = net.weight.detach().clone();
        trainer.TrainStep(zeros(1));
        var moved = net.weight.detach() - before;
        moved.std().item<float>().Should().BeApproximately(0.1f, 0.002f, "half of it, with s = 0.5; of 20,000 values, whose deviation deviates by 0.0005");
        moved.mean().item<float>().Should().BeApproximately(0, 0.003f);
    }

    [Fact]
    public void What_a_reset_writes_begins_anew()
    {
        using var net = Nets.Small(ScalarType.Float64);
        using var sgd = new FusedSgd(net.parameters(), 0.1);
        using var rule = new UpgdRule(net);
        var noted = new Noting("head.weight");
        using var trainer = new ContinualTrainer(net, sgd).UseUpdateRule(noted).UseMemory(rule).UseUpdateRule(rule)
            .UseZapping(BoundaryKind.StepBoundary, options => (options.Head, options.Units) = (Nets.Head, UnitSelection.Indices(2)));
        Batch(trainer, 1);
        var old = Utility().clone();
        old.ne(0).any(1).all().item<bool>().Should().BeTrue();
        Batch(trainer, 2);
        var added = -0.001 * noted.Product!;
        var (fresh, others) = ((Utility() - added)[2], Utility() - added - (0.999 * old));

        fresh.abs().max().item<double>().Should().BeLessThan(1e-15);
        others[0].abs().max().item<double>().Should().BeLessThan(1e-15);
        Tensor Utility() => rule.Save().Single(own => own.Key == "head.weight.utility").Value;
    }

    [Fact]
    public void Only_the_entries_that_were_written_begin_anew()
    {
        using var run = new Run(_ => { });
        run.Step(-0.5, 0.1, 0.4);
        run.Write(1, -3);
        run.Step(0, 0, 0);
        run.Utility.Should().BeApproximately([0.045, 0, -0.018], 1e-9); // 0.9 of what was, but where -3 was written
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_resumed_run_equals_one_that_was_not_interrupted(bool fused)
    {
        var folder = Directory.CreateTempSubdirectory("zapping-upgd-");
        try
        {
            using var whole = new Resumable(fused);
            whole.Go(14);
            using (var first = new Resumable(fused))
            using (var store = new CheckpointStore(folder.FullName))
            {
                first.Go(7); // the reset of step 7 comes after the resume
                store.Save(first.Trainer);
            }

            using var second = new Resumable(fused);
            using (var store = new CheckpointStore(folder.FullName))
            {
                store.Resume(second.Trainer)!.Steps.Should().Be(7);
            }

            second.Go(14);
            Nets.Bits(second.Net).Should().BeEquivalentTo(Nets.Bits(whole.Net));
            second.Rule.Should().BeEquivalentTo(whole.Rule);

            using var other = new Resumable(fused, options => options.Decay = 0.5);
            using var again = new CheckpointStore(folder.FullName);
            again.Invoking(own => own.Resume(other.Trainer)).Should().Throw<CheckpointException>().WithMessage("*decay*0.9*0.5*");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_step_that_fails_is_not_remembered()
    {
        using var run = new Run(_ => { });
        using var other = new Run(_ => { });
        run.Step(-0.5, 0.1, 0.4);
        other.Step(-0.5, 0.1, 0.4);
        run.Invoking(own => own.Step(double.PositiveInfinity, 1, 1)).Should().Throw<NonFiniteStepException>();
        run.Step(0.2, -0.3, 0.1).Should().Equal(other.Step(0.2, -0.3, 0.1));
        run.Utility.Should().Equal(other.Utility);
    }

    [Fact]
    public void Other_optimizers_are_refused_unless_that_is_allowed()
    {
        void Refused(Func<IEnumerable<Parameter>, optim.Optimizer> make, string message)
        {
            using var net = Nets.Small();
            using var optimizer = make(net.parameters());
            using var trainer = new ContinualTrainer(net, optimizer).UseUpgd();
            var before = Nets.Bits(net);
            trainer.Invoking(own => Batch(own, 1)).Should().Throw<InvalidOperationException>().WithMessage(message);
            Nets.Bits(net).Should().BeEquivalentTo(before);
            using var free = new ContinualTrainer(net, optimizer).UseUpgd(options => options.AllowAnyOptimizer = true);
            Batch(free, 1);
        }

        Refused(parameters => optim.Adam(parameters), "*the optimizer is Adam. If that is meant, set UpgdOptions.AllowAnyOptimizer.");
        Refused(parameters => new FusedAdam(parameters), "*the optimizer is FusedAdam.*");
        Refused(parameters => new FusedSgd(parameters, 0.1, momentum: 0.9), "*the optimizer is FusedSgd with momentum*");
        Refused(parameters => optim.SGD(parameters, 0.1, maximize: true), "*the optimizer is SGD with momentum or going up*");
    }

    [Fact]
    public void Steps_leave_no_tensors_and_disposing_gives_all_back()
    {
        using var net = Nets.Small();
        using var sgd = new FusedSgd(net.parameters(), 0.1);
        var trainer = new ContinualTrainer(net, sgd).UseUpgd();
        Batch(trainer, 1);
        var before = LiveTensors.BeforeTest();
        for (var step = 0; step < 50; step++)
        {
            Batch(trainer, 2);
        }

        LiveTensors.BeforeTest().Should().BeLessThanOrEqualTo(before);
        trainer.Dispose();
        LiveTensors.BeforeTest().Should().BeLessThanOrEqualTo(before - 8, "two for each of four parameters");
    }

    [Fact]
    public void Every_bad_option_is_named_and_a_second_rule_is_refused()
    {
        using var net = Nets.Small();
        FluentActions.Invoking(() => new UpgdRule(net, new() { Decay = 1, Noise = double.NaN, Scale = (UpgdScale)5, Correction = (UpgdCorrection)5, Parameters = null! }))
            .Should().Throw<ArgumentException>().WithMessage("*Decay*Noise*Scale*Correction*Parameters*");
        using var sgd = new FusedSgd(net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(net, sgd).UseUpgd();
        trainer.Invoking(own => own.UseUpgd()).Should().Throw<ArgumentException>().WithMessage("*'upgd' already*");
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_changes_nothing()
    {
        using var run = new Run(_ => { });
        run.Step(-0.5, 0.1, 0.4);
        var saved = run.Rule.Save().ToDictionary(own => own.Key, own => own.Value, StringComparer.Ordinal);
        var before = run.Utility;
        foreach (var bad in new Action<Dictionary<string, Tensor>>[] { own => own.Remove("W.left"), own => own["W.utility"] = zeros(4), own => own["X.utility"] = zeros(3) })
        {
            var copy = new Dictionary<string, Tensor>(saved, StringComparer.Ordinal);
            bad(copy);
            run.Rule.Invoking(rule => rule.Load(copy)).Should().Throw<InvalidDataException>().WithMessage("*UpgdRule remembers*'W'*");
        }

        run.Utility.Should().Equal(before);
    }

    private static void Batch(ContinualTrainer trainer, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        var type = trainer.Model.parameters().First().dtype;
        trainer.TrainStep(randn([4, 6], generator: generator).to(type), randint(0, Nets.Units, [4], generator: generator));
    }

    /// <summary>Three weights, whose gradients are what a step is given.</summary>
    private sealed class Run : IDisposable
    {
        private readonly Weights _model = new();
        private readonly FusedSgd _sgd;
        private readonly ContinualTrainer<Tensor> _trainer;

        public Run(Action<UpgdOptions> configure, double weightDecay = 0)
        {
            var options = new UpgdOptions { Decay = 0.9, Noise = 0 };
            configure(options);
            _sgd = new FusedSgd(_model.parameters(), 0.1, weight_decay: weightDecay);
            Rule = new UpgdRule(_model, options);
            _trainer = new ContinualTrainer<Tensor>(_model, _sgd, gradient => (_model.W * gradient).sum()).UseMemory(Rule).UseUpdateRule(Rule);
        }

        public UpgdRule Rule { get; }

        public double[] Utility => [.. Rule.Save().Single(own => own.Key == "W.utility").Value.data<double>()];

        public double[] Step(params double[] gradient)
        {
            _trainer.TrainStep(tensor(gradient));
            return [.. _model.W.detach().data<double>()];
        }

        public void Write(int entry, double value)
        {
            using var noGrad = no_grad();
            _model.W[entry] = tensor(value);
        }

        public void Dispose()
        {
            _trainer.Dispose();
            Rule.Dispose();
            _sgd.Dispose();
            _model.Dispose();
        }
    }

    /// <summary>Notes weights times gradients of a step.</summary>
    private sealed class Noting(string parameter) : IUpdateRule
    {
        public Tensor? Product { get; private set; }

        public void OnGradients(UpdateContext update)
        {
            var own = update.Model.get_parameter(parameter)!;
            Product = (own.detach() * own.grad!).DetachFromDisposeScope();
        }
    }

    private sealed class Weights : Module
    {
        public Weights()
            : base(nameof(Weights))
        {
            W = Parameter(tensor([1.0, -2, 0.5]));
            register_parameter("W", W);
        }

        public Parameter W { get; }
    }

    private sealed class Resumable : IDisposable
    {
        private readonly optim.Optimizer _optimizer;
        private readonly UpgdRule _rule;

        public Resumable(bool fused, Action<UpgdOptions>? configure = null)
        {
            _optimizer = fused ? new FusedSgd(Net.parameters(), 0.1) : optim.SGD(Net.parameters(), 0.1);
            var options = new UpgdOptions { Decay = 0.9, Noise = 0.1, Seed = 3 };
            configure?.Invoke(options);
            _rule = new UpgdRule(Net, options);
            Trainer = new ContinualTrainer(Net, _optimizer).UseMemory(_rule).UseUpdateRule(_rule)
                .UseZapping(new ResetSchedule(BoundaryKind.StepBoundary) { Period = 7, Seed = 2 }, zap => zap.Head = Nets.Head);
        }

        public Sequential Net { get; } = Nets.Small();

        public ContinualTrainer Trainer { get; }

        public Dictionary<string, byte[]> Rule => _rule.Save().ToDictionary(own => own.Key, own => Nets.Bits(own.Value), StringComparer.Ordinal);

        public void Go(long steps)
        {
            while (Trainer.State.Steps < steps)
            {
                Batch(Trainer, (ulong)Trainer.State.Steps);
            }
        }

        public void Dispose()
        {
            Trainer.Dispose();
            _rule.Dispose();
            _optimizer.Dispose();
            Net.Dispose();
        }
    }
}
