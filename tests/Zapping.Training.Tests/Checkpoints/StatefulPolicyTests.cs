using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Optimizers;
using Zapping.Training.Policies;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>What policies remember comes through a checkpoint.</summary>
public sealed class StatefulPolicyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-stateful-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("dormant")]
    [InlineData("continual")]
    [InlineData("both")]
    [InlineData("self-normalized")]
    [InlineData("self-normalized", "fused SGD")]
    [InlineData("self-normalized", "fused Adam")]
    [InlineData("gradients")]
    [InlineData("gradients", "fused SGD")]
    [InlineData("gradients", "fused Adam")]
    [InlineData("averaged gradients")]
    public void A_resumed_run_equals_one_that_was_not_interrupted(string policies, string optimizer = "Adam")
    {
        using var scope = NewDisposeScope();
        using var whole = new Run(policies, optimizer: optimizer);
        whole.Go(24);
        using (var first = new Run(policies, optimizer: optimizer))
        using (var store = new CheckpointStore(_folder.FullName))
        {
            first.Go(11); // between two resets of dormant units, in the midst of ages and accounts
            store.Save(first.Trainer);
        }

        using var second = new Run(policies, optimizer: optimizer);
        using (var store = new CheckpointStore(_folder.FullName))
        {
            store.Resume(second.Trainer)!.Steps.Should().Be(11);
        }

        second.Go(24);
        whole.Replaced.Count(step => step > 11).Should().BePositive("otherwise nothing is compared");
        second.Replaced.Should().Equal(whole.Replaced.Where(step => step >= 11));
        Nets.Bits(second.Net).Should().BeEquivalentTo(Nets.Bits(whole.Net));
        second.State.Should().BeEquivalentTo(whole.State);
    }

    [Fact]
    public void The_state_of_another_policy_is_refused_and_nothing_changed()
    {
        using var scope = NewDisposeScope();
        using var store = new CheckpointStore(_folder.FullName);
        using var first = new Run("continual");
        first.Go(5);
        File.Exists(Path.Combine(store.Save(first.Trainer).Path, "policy-0.safetensors")).Should().BeTrue();
        using var second = new Run("continual", o => o.Layers = name => name == "conv");
        second.Go(1);
        var (before, state) = (Nets.Bits(second.Net), second.State);
        store.Invoking(s => s.Resume(second.Trainer)).Should().Throw<CheckpointException>()
            .WithMessage("*resets.0.layers was [\"conv\", \"hidden\"] and is [\"conv\"]*");
        Nets.Bits(second.Net).Should().BeEquivalentTo(before);
        second.State.Should().BeEquivalentTo(state);
    }

    [Fact]
    public void Policies_that_a_verb_made_end_with_the_trainer()
    {
        using var scope = NewDisposeScope();
        using var run = new Run("both");
        run.Go(3);
        var tensors = run.Trainer.Schedulers.Select(s => s.Policy).Cast<IStatefulResetPolicy>().SelectMany(p => p.State).ToList();
        tensors.Should().OnlyContain(s => !s.Value.IsInvalid);
        run.Trainer.Dispose();
        tensors.Should().OnlyContain(s => s.Value.IsInvalid);
        run.Net.call(rand(1, 1, 5, 5)).IsInvalid.Should().BeFalse("no hook is left that would look for them");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Units_are_replaced_in_episodes_too(bool meta)
    {
        using var scope = NewDisposeScope();
        using var net = new EpisodicNet(gated: false);
        using var optimizer = optim.Adam(net.parameters(), 1e-3);
        using EpisodicTrainer trainer = meta
            ? new MetaAsbTrainer(net, optimizer, new MetaAsbOptions { InnerLearningRate = 1e-2, InnerParameters = EpisodicNet.Moving })
            : new AsbTrainer(net, optimizer, new AsbOptions { InnerLearningRate = 1e-2, InnerParameters = EpisodicNet.Moving });
        trainer.UseContinualBackprop(rand(1, 1, 6, 6, ScalarType.Float64), BoundaryKind.StepBoundary, o => (o.MaturityThreshold, o.ReplacementRate) = (0, 0.34));
        var written = new List<string>();
        trainer.Schedulers.Single().ResetCompleted += report => written.AddRange(report.Parameters.Select(r => r.Parameter));
        trainer.Fit(new RandomEpisodes(inner: 3, remember: 4), 4);
        written.Should().Contain("body.conv.weight").And.Contain("body.norm.weight").And.Contain("head.weight");
    }

    private sealed class Run : IDisposable
    {
        private readonly optim.Optimizer _optimizer;

        public Run(string policies, Action<ContinualBackpropOptions>? configure = null, string optimizer = "Adam")
        {
            Net = Sequential(
                ("conv", Conv2d(1, 6, 3)), ("norm", BatchNorm2d(6)), ("relu", ReLU()), ("flatten", Flatten()),
                ("hidden", Linear(54, 8)), ("relu2", ReLU()), ("head", Linear(8, 5)));
            using var noGrad = no_grad();
            using var generator = new Generator(3);
            Net.parameters().ToList().ForEach(parameter => parameter.normal_(0, 0.3, generator));
            _optimizer = optimizer switch
            {
                "fused SGD" => new FusedSgd(Net.parameters(), 1e-2, momentum: 0.9),
                "fused Adam" => new FusedAdam(Net.parameters(), 1e-2),
                _ => optim.Adam(Net.parameters(), 1e-2),
            };
            Trainer = new ContinualTrainer(Net, _optimizer);
            if (policies is "dormant" or "both")
            {
                Trainer.UseReDo(
                    rand(1, 1, 5, 5), new ResetSchedule(BoundaryKind.StepBoundary) { Period = 4, Seed = 5 }, o =>
                    {
                        (o.Threshold, o.SampleEvery) = (0.6, 3);
                        o.Layers = name => policies == "dormant" || name == "conv"; // two that replace units need layers of their own
                    });
            }

            if (policies is "continual" or "both")
            {
                Trainer.UseContinualBackprop(
                    rand(1, 1, 5, 5),
                    new ResetSchedule(BoundaryKind.StepBoundary) { Seed = 6 },
                    o =>
                    {
                        (o.MaturityThreshold, o.ReplacementRate, o.Decay) = (4, 0.05, 0.9);
                        o.Layers = name => policies == "continual" || name == "hidden";
                        configure?.Invoke(o);
                    });
            }

            if (policies == "self-normalized")
            {
                Trainer.UseSelfNormalizedResets(
                    rand(1, 1, 5, 5),
                    new ResetSchedule(BoundaryKind.StepBoundary) { Seed = 7 },
                    o => (o.InitialSilence, o.MaximumSilence, o.UpdateEvery, o.Quantile) = (3, 6, 5, 0.5));
            }

            if (policies.EndsWith("gradients", StringComparison.Ordinal)) // at the step behind the checkpoint too
            {
                Trainer.UseReGraMa(rand(1, 1, 5, 5), new ResetSchedule(BoundaryKind.StepBoundary) { Seed = 8 }, o =>
                {
                    o.Threshold = 0.4;
                    (o.Decay, o.RenewEvery) = policies == "gradients" ? (0, 1) : (0.8, 3);
                });
            }

            foreach (var scheduler in Trainer.Schedulers)
            {
                scheduler.ResetCompleted += report =>
                {
                    if (report.Parameters.Count > 0)
                    {
                        Replaced.Add(report.Boundary.Index);
                    }
                };
            }
        }

        public Sequential Net { get; }

        public ContinualTrainer Trainer { get; }

        public List<long> Replaced { get; } = [];

        public Dictionary<string, byte[]> State => Trainer.Schedulers
            .SelectMany((s, i) => ((IStatefulResetPolicy)s.Policy).State.Select(t => KeyValuePair.Create($"{i} {t.Key}", Nets.Bits(t.Value))))
            .ToDictionary(StringComparer.Ordinal);

        public void Go(long steps)
        {
            while (Trainer.State.Steps < steps)
            {
                using var generator = new Generator((ulong)Trainer.State.Steps);
                Trainer.TrainStep(rand([4, 1, 5, 5], generator: generator), randint(0, 5, [4], generator: generator));
            }
        }

        public void Dispose()
        {
            Trainer.Dispose();
            _optimizer.Dispose();
            Net.Dispose();
        }
    }
}
