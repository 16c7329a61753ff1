using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Hosting;
using Zapping.Training.Initializers;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Hosting;

/// <summary>From settings to resets: what they say is what the same words in code do, bit for bit.</summary>
public sealed class ZapSettingsTests
{
    public static TheoryData<string, Initializer> Weights() => new()
    {
        { "KaimingNormal", Initializer.KaimingNormal() },
        { "KaimingNormalAsPublished", Initializer.KaimingNormal(KaimingFan.AsPublished) },
        { "KaimingUniform", Initializer.KaimingUniform() },
        { "XavierNormal", Initializer.XavierNormal() },
        { "XavierUniform", Initializer.XavierUniform() },
        { "LayerDefault", Initializer.LayerDefault() },
        { "Zeros", Initializer.Zeros() },
    };

    [Theory]
    [MemberData(nameof(Weights))]
    public void Weights_become_what_they_are_called(string weights, Initializer initializer)
    {
        After(trainer => trainer.UseZapping(Read(("Every", "EpochBoundary"), ("Head", "head"), ("Weights", weights), ("Seed", "5"))))
            .Should().BeEquivalentTo(After(trainer => trainer.UseZapping(
                new ResetSchedule(EpochBoundary) { Seed = 5 }, new ZapOptions { Head = Nets.Head, Units = UnitSelection.All, Weights = initializer })));
    }

    [Fact]
    public void Bias_optimizer_state_and_random_units_are_passed_on()
    {
        After(trainer => trainer.UseZapping(Read(("Every", "EpochBoundary"), ("Head", "head"), ("Units", "Random 3"), ("Bias", "Zero"), ("OptimizerState", "Slice"))))
            .Should().BeEquivalentTo(After(trainer => trainer.UseZapping(
                EpochBoundary,
                new ZapOptions { Head = Nets.Head, Units = UnitSelection.Random(3), Bias = BiasReset.Zero, OptimizerState = OptimizerStateReset.Slice })));
    }

    [Theory]
    [InlineData(ClassBoundary, null, new[] { 3 })]
    [InlineData(TaskBoundary, null, new[] { 3, 1 })]
    [InlineData(TaskBoundary, "BoundaryClasses", new[] { 3, 1 })]
    [InlineData(EpochBoundary, null, new[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData(StepBoundary, null, new[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData(ClassBoundary, "All", new[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData(EpochBoundary, "6, 2", new[] { 2, 6 })]
    public void Units_follow_the_boundary_unless_they_are_named(BoundaryKind every, string? units, int[] expected)
    {
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0);
        using var trainer = new ContinualTrainer(net, optimizer).UseZapping(Read(("Every", $"{every}"), ("Units", units), ("Head", "head")));
        var before = Enumerable.Range(0, Nets.Units).Select(row => Nets.RowBits(Nets.HeadOf(net).weight, row)).ToList();

        Signal(trainer, every);

        var changed = Enumerable.Range(0, Nets.Units).Where(row => !Nets.RowBits(Nets.HeadOf(net).weight, row).SequenceEqual(before[row]));
        changed.Should().BeEquivalentTo(expected);
    }

    [Fact]
    public void The_schedule_is_passed_on()
    {
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        var schedule = new ResetSchedule(EpochBoundary) { Period = 3, From = 2, Until = 20, AtMost = 4, SkipFirst = true, Seed = 9 };
        using var trainer = new ContinualTrainer(net, optimizer).UseZapping(new ZapSettings { Every = schedule, Options = new() { Head = "head" } });

        trainer.Schedulers.Should().ContainSingle().Which.Schedule.Should().Be(schedule);
    }

    [Fact]
    public void A_shared_head_is_reset_only_if_that_is_allowed()
    {
        using var net = new TiedNet();
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        ContinualTrainer Trainer(string allowed) => new ContinualTrainer(net, optimizer).UseZapping(
            Read(("Every", "EpochBoundary"), ("Head", "head"), ("AllowSharedWeights", allowed)));
        using var refusing = Trainer("false");
        using var allowing = Trainer("true");

        refusing.Invoking(trainer => trainer.BeginEpoch()).Should().Throw<InvalidOperationException>().WithMessage("*shared*");
        allowing.Invoking(trainer => trainer.BeginEpoch()).Should().NotThrow();
    }

    [Fact]
    public void Invalid_settings_are_refused_without_a_host_too()
    {
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(net, optimizer);

        trainer.Invoking(t => t.UseZapping(new ZapSettings())).Should().Throw<ArgumentException>().WithMessage(
            "ZapSettings:Every is missing; it must be StepBoundary, EpochBoundary, ClassBoundary or TaskBoundary. (Parameter 'settings')");
        trainer.Invoking(t => t.UseZapping(new ZapSettings { Every = new(EpochBoundary) { Period = 0 } })).Should().Throw<ArgumentException>().WithMessage("ZapSettings: *Period*");
        trainer.Invoking(t => t.UseZapping(new ZapSettings { Every = EpochBoundary, Options = new() { Head = null! } }))
            .Should().Throw<ArgumentException>().WithMessage("ZapSettings: The Head field is required. (Parameter 'settings')");
        trainer.Schedulers.Should().BeEmpty();
    }

    private static ZapSettings Read(params (string Key, string? Value)[] entries)
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection(entries.Select(entry => KeyValuePair.Create($"Zapping:{entry.Key}", entry.Value))).Build().GetSection("Zapping");
        using var services = new ServiceCollection().AddZapping(section).BuildServiceProvider();
        return services.GetRequiredService<IOptions<ZapSettings>>().Value;
    }

    private static Dictionary<string, byte[]> After(Action<ContinualTrainer> use)
    {
        using var net = Nets.Small();
        using var optimizer = optim.Adam(net.parameters(), 0.01);
        using var trainer = new ContinualTrainer(net, optimizer);
        Nets.Step(net, optimizer);
        use(trainer);
        trainer.BeginEpoch();
        Nets.Step(net, optimizer);
        return Nets.Bits(net);
    }

    private static void Signal(ContinualTrainer trainer, BoundaryKind every)
    {
        switch (every)
        {
            case StepBoundary:
                using (var inputs = zeros(1, 6))
                using (var labels = zeros(1, ScalarType.Int64))
                {
                    trainer.TrainStep(inputs, labels);
                }

                break;
            case EpochBoundary:
                trainer.BeginEpoch();
                break;
            case ClassBoundary:
                trainer.BeginClass(3);
                break;
            default:
                trainer.BeginTask(3, 1);
                break;
        }
    }

    private sealed class TiedNet : nn.Module<Tensor, Tensor>
    {
        private readonly Linear body = nn.Linear(4, 4);
        private readonly Linear head = nn.Linear(4, 4);

        public TiedNet()
            : base(nameof(TiedNet))
        {
            head.weight = body.weight;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => head.call(body.call(input));
    }
}
